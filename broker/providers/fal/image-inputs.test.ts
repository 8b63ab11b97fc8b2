import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { dataUri } from '../data-uri.ts';
import { pictureOf } from '../test-request.ts';
import { toInput } from './inputs.ts';
import { falRequest, type GoingIn, sent } from './test-input.ts';

const picture = await pictureOf({ width: 96, height: 64 });
const other = await pictureOf({ width: 64, height: 64 });
const [first, second] = [picture, other].map(dataUri);
const mask = {
  ...(await pictureOf({ width: 96, height: 64 })),
  bytes: await sharp({ create: { width: 96, height: 64, channels: 3, background: '#fff' } })
    .png()
    .toBuffer(),
};
const painted = dataUri(mask);

const ONE = { references: [picture] };
const TWO = { references: [picture, other] };
const MASKED = { references: [picture], mask };

const square = { image_size: { width: 1_024, height: 1_024 } };
const png = { output_format: 'png' };
const one = { num_images: 1, ...png };
const ratio = (ratio: string, tier = '1K'): Partial<Settings> => ({ size: { kind: 'ratio', ratio, tier } });

type Row = [id: string, changes: Partial<Settings>, goingIn: GoingIn, path: string, input: object];

test.each<Row>([
  [
    'seedream-5-lite',
    { count: 3 },
    {},
    'bytedance/seedream/v5/lite/text-to-image',
    { ...square, num_images: 3, max_images: 1 },
  ],
  [
    'seedream-5-lite',
    {},
    TWO,
    'bytedance/seedream/v5/lite/edit',
    { ...square, num_images: 1, max_images: 1, image_urls: [first, second] },
  ],
  ['seedream-5-pro', { count: 2 }, {}, 'bytedance/seedream/v5/pro/text-to-image', { ...square, num_images: 2, ...png }],
  ['seedream-5-pro', {}, ONE, 'bytedance/seedream/v5/pro/edit', { ...square, ...one, image_urls: [first] }],
  [
    'seedream-4',
    { seed: 3 },
    {},
    'fal-ai/bytedance/seedream/v4/text-to-image',
    { ...square, num_images: 1, max_images: 1, seed: 3 },
  ],
  [
    'seedream-4',
    {},
    ONE,
    'fal-ai/bytedance/seedream/v4/edit',
    { ...square, num_images: 1, max_images: 1, image_urls: [first] },
  ],
  [
    'nano-banana-pro',
    { count: 2, seed: 1, ...ratio('16:9', '4K') },
    {},
    'fal-ai/nano-banana-pro',
    { aspect_ratio: '16:9', resolution: '4K', num_images: 2, limit_generations: true, seed: 1, ...png },
  ],
  [
    'nano-banana-pro',
    {},
    ONE,
    'fal-ai/nano-banana-pro/edit',
    { aspect_ratio: '1:1', resolution: '1K', limit_generations: true, ...one, image_urls: [first] },
  ],
  ['nano-banana-2-lite', ratio('4:3'), {}, 'google/nano-banana-2-lite', { aspect_ratio: '4:3', ...one }],
  ['flux-2-pro', { seed: 7 }, {}, 'fal-ai/flux-2-pro', { ...square, seed: 7, ...png }],
  ['flux-2-pro', {}, TWO, 'fal-ai/flux-2-pro/edit', { ...square, ...png, image_urls: [first, second] }],
  ['flux-2-max', {}, {}, 'fal-ai/flux-2-max', { ...square, ...png }],
  ['flux-2-max', {}, ONE, 'fal-ai/flux-2-max/edit', { ...square, ...png, image_urls: [first] }],
  ['flux-2-flex', {}, {}, 'fal-ai/flux-2-flex', { ...square, ...png }],
  ['flux-2-flex', {}, ONE, 'fal-ai/flux-2-flex/edit', { ...square, ...png, image_urls: [first] }],
  ['flux-2-dev', { count: 4, seed: 0 }, {}, 'fal-ai/flux-2/flash', { ...square, num_images: 4, seed: 0, ...png }],
  ['flux-1-schnell', {}, {}, 'fal-ai/flux/schnell', { ...square, ...one }],
  ['flux-1-dev', {}, {}, 'fal-ai/flux/dev', { ...square, ...one }],
  [
    'gpt-image-2',
    { quality: 'high', count: 4 },
    {},
    'openai/gpt-image-2',
    { ...square, quality: 'high', num_images: 4, ...png },
  ],
  [
    'gpt-image-2',
    { quality: 'low' },
    TWO,
    'openai/gpt-image-2/edit',
    { ...square, quality: 'low', ...one, image_urls: [first, second] },
  ],
  [
    'ideogram-v3',
    { quality: 'BALANCED', negativePrompt: 'text', ...ratio('3:4') },
    {},
    'fal-ai/ideogram/v3',
    { image_size: 'portrait_4_3', rendering_speed: 'BALANCED', negative_prompt: 'text', num_images: 1 },
  ],
  [
    'ideogram-v3',
    { quality: 'TURBO', negativePrompt: '' },
    ONE,
    'fal-ai/ideogram/v3',
    { image_size: 'square_hd', rendering_speed: 'TURBO', num_images: 1, image_urls: [first] },
  ],
  [
    'ideogram-v4',
    { quality: 'DEFAULT', seed: 2 },
    {},
    'ideogram/v4',
    { image_size: 'square_hd', rendering_speed: 'BALANCED', expansion_model: 'None', seed: 2, ...one },
  ],
  [
    'ideogram-v4',
    { quality: 'QUALITY' },
    {},
    'ideogram/v4',
    { image_size: 'square_hd', rendering_speed: 'QUALITY', expansion_model: 'None', ...one },
  ],
  ['recraft-v4-1', ratio('16:9'), {}, 'fal-ai/recraft/v4.1/text-to-image', { image_size: 'landscape_16_9' }],
  [
    'qwen-image',
    { count: 2, negativePrompt: 'text', seed: 0 },
    {},
    'fal-ai/qwen-image',
    { ...square, negative_prompt: 'text', num_images: 2, seed: 0, ...png },
  ],
  [
    'qwen-image-edit',
    { negativePrompt: 'text' },
    ONE,
    'fal-ai/qwen-image-edit',
    { ...square, negative_prompt: 'text', ...one, image_url: first },
  ],
  [
    'qwen-image-edit',
    {},
    MASKED,
    'fal-ai/qwen-image-edit/inpaint',
    { ...square, ...one, image_url: first, mask_url: painted },
  ],
  [
    'qwen-image-3',
    { ...ratio('16:9', '2K'), count: 6 },
    {},
    'alibaba/qwen-image-3/text-to-image',
    { image_size: { width: 2_664, height: 1_504 }, num_images: 6, ...png },
  ],
  ['z-image-turbo', { count: 2 }, {}, 'fal-ai/z-image/turbo', { ...square, num_images: 2, ...png }],
  ['z-image-turbo', {}, ONE, 'fal-ai/z-image/turbo/image-to-image', { ...square, ...one, image_url: first }],
  [
    'z-image-turbo',
    {},
    MASKED,
    'fal-ai/z-image/turbo/inpaint',
    { ...square, ...one, image_url: first, mask_image_url: painted },
  ],
  [
    'grok-imagine-image-2',
    ratio('16:9', '2K'),
    {},
    'xai/grok-imagine-image/v2.0/text-to-image',
    { aspect_ratio: '16:9', resolution: '2k', quality: 'low', ...one },
  ],
  [
    'grok-imagine-image-2',
    {},
    ONE,
    'xai/grok-imagine-image/v2.0/edit',
    { aspect_ratio: '1:1', resolution: '1k', quality: 'low', ...one, image_urls: [first] },
  ],
  [
    'wan-2-7-image',
    { negativePrompt: 'text', seed: 1, ...ratio('4:3') },
    {},
    'fal-ai/wan/v2.7/text-to-image',
    { image_size: 'landscape_4_3', negative_prompt: 'text', seed: 1, max_images: 1 },
  ],
  [
    'hunyuan-image-3-edit',
    {},
    ONE,
    'fal-ai/hunyuan-image/v3/instruct/edit',
    { ...square, ...one, image_urls: [first] },
  ],
  [
    'kling-image-o1',
    { count: 9 },
    TWO,
    'fal-ai/kling-image/o1',
    { resolution: '1K', num_images: 9, ...png, image_urls: [first, second] },
  ],
])('%s %o is sent its own fields and no others', async (id, changes, goingIn, path, input) => {
  expect(await sent(id, changes, goingIn)).toEqual({ path, input: { prompt: 'a fox', ...input } });
});

test.each<Row>([
  ['topaz-image-upscale', { factor: 4 }, ONE, 'fal-ai/topaz/upscale/image', { upscale_factor: 4, ...png }],
  [
    'seedvr2-upscale',
    { factor: 2, seed: 5 },
    ONE,
    'fal-ai/seedvr/upscale/image',
    { upscale_mode: 'factor', upscale_factor: 2, seed: 5, ...png },
  ],
  [
    'clarity-upscaler',
    { factor: 2, negativePrompt: 'blur' },
    ONE,
    'fal-ai/clarity-upscaler',
    { upscale_factor: 2, negative_prompt: 'blur' },
  ],
  ['bria-rmbg-2', {}, ONE, 'fal-ai/bria/background/remove', {}],
])('%s needs no words', async (id, changes, goingIn, path, input) => {
  expect(await sent(id, { prompt: '', ...changes }, goingIn)).toEqual({ path, input: { image_url: first, ...input } });
});

async function seen(uri: unknown) {
  const bytes = Buffer.from(String(uri).split(',')[1] ?? '', 'base64');
  const { width, height, hasAlpha } = await sharp(bytes).metadata();
  return { width, height, hasAlpha, pixel: [...(await sharp(bytes).raw().toBuffer()).subarray(0, hasAlpha ? 4 : 1)] };
}

describe('what goes in is made fit for', () => {
  test('a model whose result is as large as its picture', async () => {
    const { input } = await sent('flux-1-dev', { size: { kind: 'pixels', width: 512, height: 768 } }, ONE);
    expect(input).toEqual({ prompt: 'a fox', ...one, image_url: expect.any(String) });
    expect(await seen(input.image_url)).toMatchObject({ width: 512, height: 768 });
  });

  test('one that paints where the mask is black', async () => {
    const { path, input } = await sent('ideogram-v3', { quality: 'TURBO', ...ratio('1:1') }, MASKED);
    expect(path).toBe('fal-ai/ideogram/v3/edit');
    expect(Object.keys(input).sort()).toEqual(['image_url', 'mask_url', 'num_images', 'prompt', 'rendering_speed']);
    expect(await seen(input.image_url)).toMatchObject({ width: 1_024, height: 1_024 });
    expect(await seen(input.mask_url)).toEqual({ width: 1_024, height: 1_024, hasAlpha: false, pixel: [0] });
  });

  test('one that paints over the first picture in the style of the others', async () => {
    const { input } = await sent('ideogram-v3', { quality: 'TURBO', ...ratio('1:1') }, { ...MASKED, ...TWO });
    expect(await seen(input.image_url)).toMatchObject({ width: 1_024, height: 1_024 });
    expect(input.image_urls).toEqual([second]);
  });

  test('one that may paint where the mask has a hole', async () => {
    const { path, input } = await sent('gpt-image-2', { quality: 'low' }, MASKED);
    expect(path).toBe('openai/gpt-image-2/edit');
    expect(await seen(input.mask_url)).toEqual({ width: 96, height: 64, hasAlpha: true, pixel: [255, 255, 255, 0] });
  });

  test('one that takes no more than 10 MB of all that lend their style', async () => {
    const bytes = await sharp({ create: { width: 1_400, height: 1_200, channels: 3, background: '#345' } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const style = { bytes, width: 1_400, height: 1_200, contentType: 'image/png' } as const;
    const { input } = await sent('ideogram-v3', { quality: 'TURBO' }, { references: [style, style, style] });
    const weights = (input.image_urls as string[]).map((uri) => Buffer.from(uri.split(',')[1] ?? '', 'base64').length);
    expect(weights).toHaveLength(3);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeLessThanOrEqual(10_000_000);
  });

  test('one that takes no more than 10 MB', async () => {
    const bytes = await sharp({ create: { width: 2_100, height: 1_700, channels: 3, background: '#345' } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const heavy = { bytes, width: 2_100, height: 1_700, contentType: 'image/png' } as const;
    const { input } = await sent('seedream-4', {}, { references: [heavy] });
    expect((input.image_urls as string[])[0]).toMatch(/^data:image\/jpeg/);
    const masked = await sent('gpt-image-2', { quality: 'low' }, { references: [heavy] });
    expect(masked.input.image_urls, 'where a mask has to fit').toEqual([dataUri(heavy)]);
  });

  test('one that takes no transparent pictures', async () => {
    const glass = await sharp(picture.bytes).ensureAlpha(0.5).png().toBuffer();
    const { path, input } = await sent('qwen-image-3', {}, { references: [{ ...picture, bytes: glass }] });
    expect(path).toBe('alibaba/qwen-image-3/edit');
    expect(await seen((input.image_urls as string[])[0])).toMatchObject({ width: 96, hasAlpha: false });
  });
});

test('nothing is sent where the size is not known and has a price', async () => {
  const request = falRequest('qwen-image', {});
  await expect(toInput({ ...request, size: null })).rejects.toMatchObject({ reason: 'invalid_input' });
});
