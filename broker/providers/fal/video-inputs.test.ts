import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { dataUri } from '../data-uri.ts';
import { pictureOf } from '../test-request.ts';
import { type GoingIn, sent } from './test-input.ts';

const picture = await pictureOf({ width: 96, height: 54 });
const other = await pictureOf({ width: 64, height: 64 });
const first = dataUri(picture);
const ONE = { references: [picture] };
const TWO = { references: [picture, other] };

const film = (tier: string, ratio = '16:9'): Partial<Settings> => ({ size: { kind: 'ratio', ratio, tier } });

type Row = [id: string, changes: Partial<Settings>, path: string, input: object];

test.each<Row>([
  [
    'veo-3-1',
    { ...film('1080p'), duration: 8, audio: true, seed: 1, negativePrompt: 'rain' },
    'fal-ai/veo3.1',
    {
      aspect_ratio: '16:9',
      resolution: '1080p',
      duration: '8s',
      generate_audio: true,
      seed: 1,
      negative_prompt: 'rain',
    },
  ],
  [
    'veo-3-1',
    { ...film('720p', '9:16'), duration: 4 },
    'fal-ai/veo3.1',
    { aspect_ratio: '9:16', resolution: '720p', duration: '4s', generate_audio: false },
  ],
  [
    'kling-3-pro',
    { duration: 5, negativePrompt: 'rain' },
    'fal-ai/kling-video/v3/pro/text-to-video',
    { aspect_ratio: '16:9', duration: '5', generate_audio: false, negative_prompt: 'rain' },
  ],
  [
    'kling-3-standard',
    { duration: 15, audio: true },
    'fal-ai/kling-video/v3/standard/text-to-video',
    { aspect_ratio: '16:9', duration: '15', generate_audio: true },
  ],
  [
    'kling-3-turbo',
    { ...film('standard', '1:1'), duration: 3 },
    'fal-ai/kling-video/v3/turbo/standard/text-to-video',
    { aspect_ratio: '1:1', duration: '3' },
  ],
  [
    'kling-3-turbo',
    { ...film('pro'), duration: 3 },
    'fal-ai/kling-video/v3/turbo/pro/text-to-video',
    { aspect_ratio: '16:9', duration: '3' },
  ],
  [
    'kling-o3',
    { ...film('standard'), duration: 3 },
    'fal-ai/kling-video/o3/standard/text-to-video',
    { aspect_ratio: '16:9', duration: '3', generate_audio: false },
  ],
  [
    'kling-o3',
    { ...film('pro'), duration: 3, audio: true },
    'fal-ai/kling-video/o3/pro/text-to-video',
    { aspect_ratio: '16:9', duration: '3', generate_audio: true },
  ],
  [
    'kling-2-5-turbo-pro',
    { duration: 10 },
    'fal-ai/kling-video/v2.5-turbo/pro/text-to-video',
    { aspect_ratio: '16:9', duration: '10' },
  ],
  [
    'seedance-2-5',
    { ...film('1080p', '21:9'), duration: 30 },
    'bytedance/seedance-2.5/text-to-video',
    { aspect_ratio: '21:9', resolution: '1080p', duration: '30', generate_audio: true },
  ],
  [
    'seedance-2-0',
    { ...film('4k'), duration: 4 },
    'bytedance/seedance-2.0/text-to-video',
    { aspect_ratio: '16:9', resolution: '4k', duration: '4', generate_audio: true },
  ],
  [
    'seedance-2-0-fast',
    { duration: 4 },
    'bytedance/seedance-2.0/fast/text-to-video',
    { aspect_ratio: '16:9', resolution: '480p', duration: '4', generate_audio: true },
  ],
  [
    'seedance-2-0-mini',
    { duration: 4 },
    'bytedance/seedance-2.0/mini/text-to-video',
    { aspect_ratio: '16:9', resolution: '480p', duration: '4', generate_audio: true },
  ],
  ['hailuo-2-3-standard', { duration: 6 }, 'fal-ai/minimax/hailuo-2.3/standard/text-to-video', { duration: '6' }],
  ['hailuo-2-3-pro', { duration: 6 }, 'fal-ai/minimax/hailuo-2.3/pro/text-to-video', {}],
  [
    'minimax-h3',
    { ...film('2k'), duration: 5 },
    'minimax/h3/text-to-video',
    { aspect_ratio: '16:9', resolution: '2K', duration: 5 },
  ],
  [
    'wan-2-7',
    { duration: 2, seed: 9, negativePrompt: 'rain' },
    'fal-ai/wan/v2.7/text-to-video',
    { aspect_ratio: '16:9', resolution: '720p', duration: '2', seed: 9, negative_prompt: 'rain' },
  ],
  [
    'ltx-2-pro',
    { ...film('2160p'), duration: 6 },
    'fal-ai/ltx-2/text-to-video',
    { resolution: '2160p', duration: '6', generate_audio: true },
  ],
  [
    'ltx-2-fast',
    { duration: 8 },
    'fal-ai/ltx-2/text-to-video/fast',
    { resolution: '1080p', duration: '8', generate_audio: true },
  ],
  ['grok-imagine-video', { duration: 6 }, 'xai/grok-imagine-video/text-to-video', { resolution: '480p', duration: 6 }],
  [
    'pixverse-5-5',
    { duration: 5, audio: true, seed: 4 },
    'fal-ai/pixverse/v5.5/text-to-video',
    { resolution: '360p', duration: '5', generate_audio_switch: true, seed: 4 },
  ],
])('%s %o is sent its own fields and no others', async (id, changes, path, input) => {
  expect(await sent(id, changes)).toEqual({ path, input: { prompt: 'a fox', ...input } });
});

test.each<[id: string, changes: Partial<Settings>, goingIn: GoingIn, path: string, input: object]>([
  [
    'veo-3-1',
    { duration: 8 },
    ONE,
    'fal-ai/veo3.1/image-to-video',
    { aspect_ratio: '16:9', resolution: '720p', duration: '8s', generate_audio: false, image_url: 'shaped' },
  ],
  [
    'gemini-omni-flash',
    { duration: 8 },
    ONE,
    'google/gemini-omni-flash/image-to-video',
    { duration: 8, image_url: first },
  ],
  [
    'kling-3-pro',
    { duration: 5 },
    TWO,
    'fal-ai/kling-video/v3/pro/image-to-video',
    { duration: '5', generate_audio: false, start_image_url: 'shaped', end_image_url: 'shaped' },
  ],
  [
    'kling-3-standard',
    { duration: 5 },
    ONE,
    'fal-ai/kling-video/v3/standard/image-to-video',
    { duration: '5', generate_audio: false, start_image_url: 'shaped' },
  ],
  [
    'kling-2-5-turbo-pro',
    { duration: 5 },
    TWO,
    'fal-ai/kling-video/v2.5-turbo/pro/image-to-video',
    { duration: '5', image_url: 'shaped', tail_image_url: 'shaped' },
  ],
  [
    'seedance-2-5',
    { duration: 4 },
    ONE,
    'bytedance/seedance-2.5/reference-to-video',
    { aspect_ratio: '16:9', resolution: '480p', duration: '4', generate_audio: true, image_urls: [first] },
  ],
  [
    'seedance-2-0',
    { duration: 4 },
    ONE,
    'bytedance/seedance-2.0/reference-to-video',
    { aspect_ratio: '16:9', resolution: '480p', duration: '4', generate_audio: true, image_urls: [first] },
  ],
  [
    'seedance-2-0-fast',
    { duration: 4 },
    ONE,
    'bytedance/seedance-2.0/fast/image-to-video',
    { aspect_ratio: '16:9', resolution: '480p', duration: '4', generate_audio: true, image_url: 'shaped' },
  ],
  [
    'seedance-2-0-mini',
    { duration: 4 },
    ONE,
    'bytedance/seedance-2.0/mini/image-to-video',
    { aspect_ratio: '16:9', resolution: '480p', duration: '4', generate_audio: true, image_url: 'shaped' },
  ],
  [
    'hailuo-2-3-standard',
    { duration: 10 },
    ONE,
    'fal-ai/minimax/hailuo-2.3/standard/image-to-video',
    { duration: '10', image_url: first },
  ],
  ['hailuo-2-3-pro', { duration: 6 }, ONE, 'fal-ai/minimax/hailuo-2.3/pro/image-to-video', { image_url: first }],
  [
    'minimax-h3',
    { duration: 15 },
    ONE,
    'minimax/h3/reference-to-video',
    { aspect_ratio: '16:9', resolution: '480P', duration: 15, reference_image_urls: [first] },
  ],
  [
    'wan-2-7',
    { duration: 2 },
    ONE,
    'fal-ai/wan/v2.7/image-to-video',
    { resolution: '720p', duration: '2', image_url: 'shaped' },
  ],
  [
    'ltx-2-pro',
    { duration: 6 },
    ONE,
    'fal-ai/ltx-2/image-to-video',
    { resolution: '1080p', duration: '6', generate_audio: true, image_url: 'shaped' },
  ],
  [
    'ltx-2-fast',
    { duration: 6 },
    ONE,
    'fal-ai/ltx-2/image-to-video/fast',
    { resolution: '1080p', duration: '6', generate_audio: true, image_url: 'shaped' },
  ],
  [
    'grok-imagine-video',
    { duration: 6 },
    ONE,
    'xai/grok-imagine-video/image-to-video',
    { resolution: '480p', duration: 6, image_url: first },
  ],
  [
    'pixverse-5-5',
    { duration: 5 },
    ONE,
    'fal-ai/pixverse/v5.5/image-to-video',
    { resolution: '360p', duration: '5', generate_audio_switch: false, image_url: first },
  ],
])('%s %o is sent its pictures', async (id, changes, goingIn, path, expected) => {
  const { path: went, input } = await sent(id, changes, goingIn);
  const shaped = Object.entries(input).map(([name, value]) => {
    const isShaped = (expected as Record<string, unknown>)[name] === 'shaped' && String(value).startsWith('data:image');
    return [name, isShaped ? 'shaped' : value];
  });
  expect({ path: went, input: Object.fromEntries(shaped) }).toEqual({ path, input: { prompt: 'a fox', ...expected } });
});

test('the pictures of a film are cropped to its shape, and not made larger', async () => {
  const { input } = await sent('kling-3-pro', { ...film('pro', '9:16'), duration: 5 }, TWO);
  const sizes = [input.start_image_url, input.end_image_url].map(async (uri) => {
    const { width, height } = await sharp(Buffer.from(String(uri).split(',')[1] ?? '', 'base64')).metadata();
    return [width, height];
  });
  expect(await Promise.all(sizes)).toEqual([
    [30, 54],
    [36, 64],
  ]);
});
