import sharp from 'sharp';
import type { FormData } from 'undici';
import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { ProviderFault, type ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { abilitiesOf, toInput } from './inputs.ts';

const size = { width: 1_024, height: 1_024 };
const small = { width: 64, height: 48 };
const bytes = await sampleImage(small).png().toBuffer();
const picture = { bytes, contentType: 'image/png', ...small } as const;

function inputOf(path: string, changes: Partial<Settings> = {}, more: Partial<ProviderRequest> = {}) {
  const settings = { size: { kind: 'pixels', ...size } as const, ...changes };
  return toInput(requestFor({ provider: 'recraft', path }, settings, { size, ...more }));
}

/** What a form holds: its fields, and the size of each of its pictures. */
async function contentsOf(form: FormData | undefined) {
  const contents: Record<string, unknown> = {};
  for (const [name, value] of form ?? []) {
    if (typeof value === 'string') contents[name] = value;
    else {
      const { width, height, channels } = await sharp(Buffer.from(await value.arrayBuffer())).metadata();
      contents[name] = `${width}x${height}x${channels}`;
    }
  }
  return contents;
}

const DELIVERY = { response_format: 'b64_json', image_format: 'png' };

test('every Recraft route of the catalogue is served, with the pictures that it takes', () => {
  for (const model of builtInModels()) {
    for (const { provider, path } of model.routes) {
      if (provider !== 'recraft') continue;
      expect(abilitiesOf(path), path).not.toBeNull();
      if (model.references.max > 0) expect(abilitiesOf(path), path).toContain('references');
      if (model.mask !== 'none') expect(abilitiesOf(path), path).toContain('mask');
    }
  }
  expect(abilitiesOf('/v1/images/unknown')).toBeNull();
  expect(abilitiesOf('constructor')).toBeNull();
});

test('a picture from words is told its size, its number and its seed', async () => {
  const all = { count: 3, seed: 7, negativePrompt: 'text' };
  expect(await inputOf('recraftv3', all)).toEqual({
    endpoint: '/images/generations',
    json: {
      model: 'recraftv3',
      prompt: 'a fox',
      n: 3,
      size: '1024x1024',
      random_seed: 7,
      negative_prompt: 'text',
      ...DELIVERY,
    },
  });
  expect((await inputOf('recraftv4_pro', { negativePrompt: 'text' })).json).toEqual({
    model: 'recraftv4_pro',
    prompt: 'a fox',
    n: 1,
    size: '1024x1024',
    ...DELIVERY,
  });
});

test('a picture from another goes to the endpoint that takes one, brought to the size that was asked for', async () => {
  const { endpoint, form } = await inputOf('recraftv3', { count: 2, seed: 7 }, { references: [picture] });
  expect(endpoint).toBe('/images/imageToImage');
  expect(await contentsOf(form)).toEqual({
    model: 'recraftv3',
    prompt: 'a fox',
    n: '2',
    random_seed: '7',
    strength: '0.5',
    image: '1024x1024x3',
    ...DELIVERY,
  });
});

test('a mask goes with its picture, of the same size and of one channel', async () => {
  const { endpoint, form } = await inputOf('recraftv3', {}, { references: [picture], mask: picture });
  expect(endpoint).toBe('/images/inpaint');
  expect(await contentsOf(form)).toEqual({
    model: 'recraftv3',
    prompt: 'a fox',
    n: '1',
    image: '1024x1024x3',
    mask: '1024x1024x1',
    ...DELIVERY,
  });
});

test.each(['crispUpscale', 'creativeUpscale', 'removeBackground'])('%s is given the picture as it is', async (name) => {
  const { endpoint, form } = await inputOf(`/v1/images/${name}`, { prompt: '' }, { references: [picture], size: null });
  expect(endpoint).toBe(`/images/${name}`);
  expect(await contentsOf(form)).toEqual({ image: '64x48x3', ...DELIVERY });
});

test('a drawing is asked for without a size and a format, which it does not have', async () => {
  const none = { size: null };
  expect((await inputOf('recraftv4_vector', { count: 2, seed: 7, size: { kind: 'auto' } }, none)).json).toEqual({
    model: 'recraftv4_vector',
    prompt: 'a fox',
    n: 2,
    random_seed: 7,
    response_format: 'b64_json',
  });
  const { endpoint, form } = await inputOf('/v1/images/vectorize', { prompt: '' }, { references: [picture], ...none });
  expect(endpoint).toBe('/images/vectorize');
  expect(await contentsOf(form)).toEqual({ image: '64x48x3', response_format: 'b64_json' });
});

test('eraseRegion is given the mask too', async () => {
  const request = { references: [picture], mask: picture, size: null };
  const { form } = await inputOf('/v1/images/eraseRegion', { prompt: '' }, request);
  expect(await contentsOf(form)).toEqual({ image: '64x48x3', mask: '64x48x1', ...DELIVERY });
});

test.each<[what: string, path: string, more: Partial<ProviderRequest>, reason: string]>([
  ['an unknown model', 'recraftv9', {}, 'model_gone'],
  ['a picture for a model that takes none', 'recraftv4_1', { references: [picture] }, 'invalid_input'],
  ['a model without a size', 'recraftv3', { size: null }, 'invalid_input'],
  ['a mask without a picture', 'recraftv3', { mask: picture }, 'invalid_input'],
  ['an operation without a picture', '/v1/images/crispUpscale', {}, 'invalid_input'],
  ['an erasure without a mask', '/v1/images/eraseRegion', { references: [picture] }, 'invalid_input'],
])('nothing is sent for %s', async (_what, path, more, reason) => {
  const fault = await inputOf(path, {}, more).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ProviderFault);
  expect(fault).toMatchObject({ reason, outcomeUnknown: false });
});
