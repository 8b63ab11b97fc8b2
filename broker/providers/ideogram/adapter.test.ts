import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { startFakeHost } from '../fake-host.ts';
import { type InputImage, ProviderFault, type ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { createIdeogram } from './adapter.ts';
import { type FakeIdeogram, startFakeIdeogram } from './fake-server.ts';

const { signal } = new AbortController();
const GENERATE = '/v1/ideogram-v3/generate';
const GENERATE_4 = '/v1/ideogram-v4/generate';
const INPAINT = '/v1/ideogram-v3/inpaint';

let fake: FakeIdeogram;
beforeEach(async () => {
  fake = await startFakeIdeogram({ key: 'secret' });
});
afterEach(() => fake.close());

function adapter(key = 'secret') {
  return createIdeogram({ key, baseUrl: fake.url, timeouts: { submit: 5_000, ask: 2_000 } });
}

function request(settings: Partial<Settings> = {}, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  const size = { kind: 'ratio', ratio: '16:10', tier: '1K' } as const;
  const expected = { width: 1_296, height: 808 };
  return requestFor({ provider: 'ideogram', path: GENERATE }, { size, ...settings }, { size: expected, ...changes });
}

async function picture(width: number, height: number): Promise<InputImage> {
  const bytes = await sampleImage({ width, height }).png().toBuffer();
  return { bytes, width, height, contentType: 'image/png' };
}

/** All of it is painted. */
async function mask(width: number, height: number): Promise<InputImage> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  return { bytes, width, height, contentType: 'image/png' };
}

describe('a submit', () => {
  test('sends its own fields and no others', async () => {
    await adapter().submit(request({ count: 2, seed: 7, quality: 'QUALITY', negativePrompt: 'text' }), signal);
    expect(fake.taken).toMatchObject([{ type: 'form', path: GENERATE, files: [] }]);
    expect(fake.taken[0]?.fields).toEqual({
      prompt: 'a fox',
      aspect_ratio: '16x10',
      rendering_speed: 'QUALITY',
      negative_prompt: 'text',
      num_images: '2',
      seed: '7',
    });
  });

  test('gives every picture its own seed', async () => {
    expect(await adapter().submit(request({ count: 2, seed: 7 }), signal)).toMatchObject({
      state: 'succeeded',
      outputs: [{ seed: 7 }, { seed: 8 }],
    });
  });

  test('lends the style of other pictures, as files', async () => {
    const references = [await picture(64, 40), await picture(40, 64)];
    await adapter().submit(request({}, { references }), signal);
    expect(fake.taken[0]?.files.map(({ field, bytes }) => [field, bytes])).toEqual(
      references.map(({ bytes }) => ['style_reference_images', bytes]),
    );
  });

  test('goes elsewhere for a transparent background', async () => {
    await adapter().submit(request({ transparent: true, quality: 'TURBO' }), signal);
    expect(fake.taken[0]).toMatchObject({ path: `${GENERATE}-transparent`, fields: { aspect_ratio: '16x10' } });
  });

  test('paints over a picture where its mask is black, which is where ours is white', async () => {
    const references = [await picture(80, 50), await picture(40, 64)];
    const asked = request({ seed: 3 }, { references, mask: await mask(80, 50) });
    await adapter().submit({ ...asked, route: { provider: 'ideogram', path: INPAINT } }, signal);
    const [taken] = fake.taken;
    expect(taken?.fields).toEqual({ prompt: 'a fox', seed: '3' });
    expect(taken?.files.map(({ field }) => field)).toEqual(['image', 'mask', 'style_reference_images']);
    expect(taken?.files[0]?.bytes).toEqual(references[0]?.bytes);
    const { channels } = await sharp(taken?.files[1]?.bytes).stats();
    expect(channels[0]).toMatchObject({ min: 0, max: 0 });
  });

  test('cuts a picture and its mask alike into the shape that was asked for', async () => {
    const asked = request({}, { references: [await picture(50, 80)], mask: await mask(50, 80) });
    await adapter().submit({ ...asked, route: { provider: 'ideogram', path: INPAINT } }, signal);
    const sizes = await Promise.all((fake.taken[0]?.files ?? []).map(({ bytes }) => sharp(bytes).metadata()));
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [50, 31],
      [50, 31],
    ]);
  });

  test('makes pictures lighter that are heavier than 10 MB together', async () => {
    const noise = Buffer.alloc(1_500 * 1_500 * 3, 0).map((_, at) => (at * at * 7_919) % 251);
    const bytes = await sharp(noise, { raw: { width: 1_500, height: 1_500, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const heavy: InputImage = { bytes, width: 1_500, height: 1_500, contentType: 'image/png' };
    await adapter().submit(request({}, { references: [heavy, heavy] }), signal);
    const sent = fake.taken[0]?.files ?? [];
    expect(sent).toHaveLength(2);
    expect(sent.reduce((sum, file) => sum + file.bytes.length, 0)).toBeLessThanOrEqual(10 * 1024 * 1024);
  });

  test('asks Ideogram 4.0 in its own words', async () => {
    const size = { kind: 'pixels', width: 2_304, height: 1_728 } as const;
    const asked = request({ size, quality: 'TURBO' }, { size });
    const submission = await adapter().submit({ ...asked, route: { provider: 'ideogram', path: GENERATE_4 } }, signal);
    expect(fake.taken[0]?.fields).toEqual({
      text_prompt: 'a fox',
      resolution: '2304x1728',
      rendering_speed: 'TURBO',
    });
    expect(submission).toMatchObject({ state: 'succeeded', outputs: [{ seed: 1_234 }] });
  });

  test('under a key that is not let in is refused', async () => {
    await expect(adapter('other').submit(request(), signal)).rejects.toMatchObject({
      reason: 'auth',
      outcomeUnknown: false,
    });
  });
});

test('pictures that are withheld beside others may be billed, and it is said how many', async () => {
  const delivery = await adapter().submit(request({ prompt: '__partial__', count: 3 }), signal);
  expect(delivery).toMatchObject({ state: 'succeeded', uncertain: 1 });
  expect(delivery).toHaveProperty('outputs.length', 2);
});

test('a picture that is called unsafe is not handed out, though it has a link', async () => {
  const data = [{ url: 'https://ideogram.ai/api/images/ephemeral/1.png', is_image_safe: false, seed: 1 }];
  const other = await startFakeHost(async (_req, res) => res.end(JSON.stringify({ data })));
  const submit = createIdeogram({ key: 'k', baseUrl: other.url }).submit(request(), signal);
  await expect(submit).rejects.toMatchObject({ reason: 'moderated_output', outcomeUnknown: true });
  await other.close();
});

test.each<[why: string, path: string, change: () => Promise<[Partial<Settings>, Partial<ProviderRequest>]>, string]>([
  ['to a path that is not known', '/v1/ideogram-v9/generate', async () => [{}, {}], 'model_gone'],
  ['without an aspect ratio', GENERATE, async () => [{ size: { kind: 'auto' } }, {}], 'invalid_input'],
  [
    'for a transparent picture in the style of another',
    GENERATE,
    async () => [{ transparent: true }, { references: [await picture(80, 50)] }],
    'invalid_input',
  ],
  ['to be painted over without a picture', INPAINT, async () => [{}, { mask: await mask(80, 50) }], 'invalid_input'],
  [
    'to be painted over without a mask',
    INPAINT,
    async () => [{}, { references: [await picture(80, 50)] }],
    'invalid_input',
  ],
  [
    'to be painted over with words for what not to paint',
    INPAINT,
    async () => [{ negativePrompt: 'text' }, { references: [await picture(80, 50)], mask: await mask(80, 50) }],
    'invalid_input',
  ],
])('nothing is sent %s', async (_why, path, change, reason) => {
  const asked = request(...(await change()));
  const fault = await adapter()
    .submit({ ...asked, route: { provider: 'ideogram', path } }, signal)
    .catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ProviderFault);
  expect(fault).toMatchObject({ reason, outcomeUnknown: false });
  expect(fake.taken).toHaveLength(0);
});

test('every path of the catalogue is served', () => {
  const paths = builtInModels().flatMap(({ routes }) =>
    routes
      .filter(({ provider }) => provider === 'ideogram')
      .flatMap(({ path, maskPath, referencePath }) => [path, maskPath, referencePath]),
  );
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) if (path !== undefined) expect(adapter().serves(path), path).not.toBeNull();
  expect(adapter().serves(GENERATE)).toEqual(['references', 'transparent']);
  expect(adapter().serves(INPAINT)).toContain('mask');
  expect(adapter().serves('constructor')).toBeNull();
});

test('links are followed to Ideogram, and to the server that stands in its place', () => {
  const ideogram = createIdeogram({ key: 'k' });
  expect(['ideogram.ai', 'api.ideogram.ai'].map((host) => ideogram.allowsHost(host))).toEqual([true, true]);
  for (const host of ['notideogram.ai', 'ideogram.ai.evil.example', fake.host]) {
    expect(ideogram.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check says whether the key is let in', async () => {
  expect(await adapter().check([GENERATE], signal)).toEqual({ access: 'accepted', balance: null, unknownPaths: null });
  expect(await adapter('other').check([], signal)).toMatchObject({ access: 'refused' });
  const nobody = createIdeogram({ key: 'k', baseUrl: 'http://127.0.0.1:1' });
  expect(await nobody.check([], signal)).toMatchObject({ access: 'unreachable' });
});
