import sharp from 'sharp';
import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { ProviderFault, type ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { abilitiesOf, toInput } from './inputs.ts';

const API = '/v2beta/stable-image';
const size = { width: 1_144, height: 916 };
const small = { width: 96, height: 72 };
const bytes = await sampleImage(small).png().toBuffer();
const picture = { bytes, contentType: 'image/png', ...small } as const;
const words: Partial<Settings> = { seed: 7, negativePrompt: 'text' };

/** The path of the paid call, and what its form holds: its fields, and the size of each of its pictures. */
async function inputOf(path: string, changes: Partial<Settings> = {}, more: Partial<ProviderRequest> = {}) {
  const settings = { size: { kind: 'ratio', ratio: '5:4', tier: 'standard' } as const, ...changes };
  const input = await toInput(
    requestFor({ provider: 'stability', path: `${API}${path}` }, settings, { size, ...more }),
  );
  const fields: Record<string, unknown> = {};
  for (const [name, value] of input.form) {
    if (typeof value === 'string') fields[name] = value;
    else {
      const { width, height } = await sharp(Buffer.from(await value.arrayBuffer())).metadata();
      fields[name] = `${width}x${height}`;
    }
  }
  return { path: input.path.slice(API.length), fields };
}

test('every Stability route of the catalogue is served, with the pictures that it takes', () => {
  for (const model of builtInModels()) {
    for (const { provider, path } of model.routes) {
      if (provider !== 'stability') continue;
      expect(abilitiesOf(path), path).not.toBeNull();
      if (model.references.max > 0) expect(abilitiesOf(path), path).toContain('references');
      if (model.mask !== 'none') expect(abilitiesOf(path), path).toContain('mask');
    }
  }
  expect(abilitiesOf(`${API}/generate/sd3`)).toBeNull();
  expect(abilitiesOf('constructor')).toBeNull();
});

const said = { prompt: 'a fox', negative_prompt: 'text', seed: '7', output_format: 'png' };

test.each<[path: string, sent: string, own: Record<string, string>]>([
  ['/generate/core', '/generate/core', {}],
  ['/generate/ultra', '/generate/ultra', {}],
  ['/generate/sd3?model=sd3.5-large', '/generate/sd3', { model: 'sd3.5-large' }],
])('%s is sent its own fields and no others', async (path, sent, own) => {
  expect(await inputOf(path, words)).toEqual({ path: sent, fields: { ...said, ...own, aspect_ratio: '5:4' } });
  const bare = { prompt: 'a fox', output_format: 'png', aspect_ratio: '5:4', ...own };
  expect((await inputOf(path, { negativePrompt: '' })).fields).toEqual(bare);
});

test.each<[path: string, own: Record<string, string>]>([
  ['/generate/ultra', { strength: '0.6' }],
  ['/generate/sd3?model=sd3.5-large', { model: 'sd3.5-large', mode: 'image-to-image', strength: '0.6' }],
])('from a picture, %s is told how far it may go, and the ratio by the picture alone', async (path, own) => {
  const { fields } = await inputOf(path, words, { references: [picture] });
  expect(fields).toEqual({ ...said, ...own, image: '1144x916' });
});

test.each<[path: string, fields: Record<string, string>]>([
  ['/upscale/fast', { output_format: 'png' }],
  ['/upscale/conservative', said],
  ['/edit/remove-background', { output_format: 'png' }],
])('%s is given the picture as it is', async (path, fields) => {
  const input = await inputOf(path, words, { references: [picture], size: null });
  expect(input).toEqual({ path, fields: { ...fields, image: '96x72' } });
});

test.each<[path: string, size: string, sent: string]>([
  ['/upscale/fast', '1600x1200', '1182x886'],
  ['/upscale/fast', '20x10', '64x32'],
  ['/upscale/conservative', '20x10', '128x64'],
  ['/edit/remove-background', '3000x2000', '2508x1672'],
])('%s is given a picture of %s px as one of %s', async (path, from, to) => {
  const input = await inputOf(path, words, { references: [await plain(from)], size: null });
  expect(input.fields.image).toBe(to);
});

test('an inpaint of a picture that is too large is given the mask as large as the picture is made', async () => {
  const large = await plain('4000x3000');
  const settings = { size: { kind: 'auto' } } as const;
  const { fields } = await inputOf('/edit/inpaint', settings, { references: [large], mask: large, size: null });
  expect(fields).toMatchObject({ image: '3547x2660', mask: '3547x2660' });
});

async function plain(size: string) {
  const [width = 0, height = 0] = size.split('x').map(Number);
  const create = { width, height, channels: 3, background: '#fff' } as const;
  return { bytes: await sharp({ create }).png().toBuffer(), contentType: 'image/png', width, height } as const;
}

test('an inpaint is given the mask as it is: white is painted there too', async () => {
  const request = requestFor(
    { provider: 'stability', path: `${API}/edit/inpaint` },
    { size: { kind: 'auto' } },
    { size: null, references: [picture], mask: picture },
  );
  const mask = (await toInput(request)).form.get('mask');
  if (mask === null || typeof mask === 'string') throw new Error('no mask');
  expect(Buffer.from(await mask.arrayBuffer()).equals(bytes)).toBe(true);
});

test.each<[what: string, path: string, more: Partial<ProviderRequest>, reason: string]>([
  ['an unknown path', '/generate/sd3?model=sd9', {}, 'model_gone'],
  ['an upscale without a picture', '/upscale/fast', {}, 'invalid_input'],
  [
    'a picture that is a line',
    '/upscale/fast',
    { references: [{ ...picture, width: 4_096, height: 10 }] },
    'invalid_input',
  ],
  ['an inpaint without a mask', '/edit/inpaint', { references: [picture] }, 'invalid_input'],
  ['a model without a size', '/generate/core', { size: null }, 'invalid_input'],
])('nothing is sent for %s', async (_what, path, more, reason) => {
  const fault = await inputOf(path, {}, more).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ProviderFault);
  expect(fault).toMatchObject({ reason, outcomeUnknown: false });
});
