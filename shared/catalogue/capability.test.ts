import { expect, test } from 'vitest';
import { checkSettings } from './capability.ts';
import { builtInModels, findModel } from './catalogue.ts';
import type { Model } from './model.ts';
import type { Settings } from './settings.ts';

const models = builtInModels();

function model(id: string): Model {
  const found = findModel(models, id);
  if (!found) throw new Error(`no model ${id}`);
  return found;
}

const pixels: Settings = { prompt: 'a', count: 1, size: { kind: 'pixels', width: 1_024, height: 1_024 } };
const ratio: Settings = { prompt: 'a', count: 1, size: { kind: 'ratio', ratio: '1:1', tier: '1K' } };

const auto: Settings = { prompt: 'a', count: 1, size: { kind: 'auto' } };
const wide = { kind: 'pixels', width: 1_536, height: 1_024 } as const;
const huge = { kind: 'auto', tier: '8K' } as const;
const film = { kind: 'ratio', ratio: '16:9', tier: '720p' } as const;
const picture = { assetId: 'a', width: 512, height: 512 };
const upscale: Settings = { ...auto, prompt: '', references: [picture] };

test('settings that a model can do have no faults', () => {
  expect(checkSettings(model('recraft-v3'), { ...pixels, prompt: 'x'.repeat(1_000) })).toEqual([]);
  expect(checkSettings(model('sketch'), { ...pixels, seed: 7, count: 4 })).toEqual([]);
  expect(checkSettings(model('nano-banana-pro'), { ...ratio, count: 4 })).toEqual([]);
  expect(
    checkSettings(model('kling-3-pro'), { ...ratio, size: { ...film, tier: 'pro' }, duration: 5, audio: true }),
  ).toEqual([]);
  expect(checkSettings(model('seedvr2-upscale'), { ...upscale, factor: 2 })).toEqual([]);
  expect(
    checkSettings(model('gpt-image-2'), { ...pixels, quality: 'low', references: [picture], mask: picture }),
  ).toEqual([]);
  expect(checkSettings(model('qwen-image-3'), { ...auto, size: { kind: 'auto', tier: '2K' } })).toEqual([]);
  expect(checkSettings(model('ideogram-v3'), { ...ratio, quality: 'TURBO', negativePrompt: 'text' })).toEqual([]);
});

test.each<[what: string, id: string, asked: Settings, paths: string[]]>([
  ['a ratio where pixels are wanted', 'sketch', ratio, ['size']],
  ['pixels where a ratio is wanted', 'nano-banana-pro', pixels, ['size']],
  ['a side below the least', 'sketch', { ...pixels, size: { kind: 'pixels', width: 63, height: 90 } }, ['size.width']],
  [
    'a side that is no multiple',
    'flux-2-pro',
    { ...pixels, size: { kind: 'pixels', width: 1_024, height: 1_000 } },
    ['size.height'],
  ],
  ['too many pixels', 'flux-2-pro', { ...pixels, size: { kind: 'pixels', width: 2_048, height: 2_048 } }, ['size']],
  ['too few pixels', 'seedream-5-lite', { ...pixels, size: { kind: 'pixels', width: 1_024, height: 1_024 } }, ['size']],
  [
    'an unknown ratio and tier',
    'nano-banana-pro',
    { ...ratio, size: { kind: 'ratio', ratio: '7:1', tier: '8K' } },
    ['size.ratio', 'size.tier'],
  ],
  ['too many pictures', 'flux-2-pro', { ...pixels, count: 2 }, ['count']],
  ['a seed where there is none', 'nano-banana-2-1', { ...ratio, seed: 1 }, ['seed']],
  ['no quality where one must be chosen', 'ideogram-v3', ratio, ['quality']],
  ['a quality that the model lacks', 'ideogram-v3', { ...ratio, quality: 'ULTRA' }, ['quality']],
  ['a quality on a model without any', 'sketch', { ...pixels, quality: 'fine' }, ['quality']],
  ['a negative prompt where there is none', 'flux-2-pro', { ...pixels, negativePrompt: 'text' }, ['negativePrompt']],
  ['a size that is not on the list', 'gpt-image-2', { ...pixels, size: wide, quality: 'low' }, ['size']],
  ['a shape where the model chooses', 'wan-2-7-image', pixels, ['size']],
  ['an unknown resolution where the model chooses the shape', 'qwen-image-3', { ...pixels, size: huge }, ['size.tier']],
  ['a picture where none goes in', 'sketch', { ...pixels, references: [picture] }, ['references']],
  ['too many pictures that go in', 'flux-1-1-pro', { ...pixels, references: [picture, picture] }, ['references']],
  ['no picture where one is worked on', 'bria-rmbg-2', { ...auto, prompt: '' }, ['references']],
  ['words where none are taken', 'bria-rmbg-2', { ...auto, references: [picture] }, ['prompt']],
  [
    'a prompt that is too long for the model',
    'runway-gen4-image',
    { ...pixels, size: { kind: 'pixels', width: 1_280, height: 720 }, prompt: 'x'.repeat(1_001) },
    ['prompt'],
  ],
  ['no words where they are needed', 'sketch', { ...pixels, prompt: '' }, ['prompt']],
  ['a mask where none is taken', 'sketch', { ...pixels, mask: picture }, ['mask']],
  ['no mask where one is needed', 'flux-fill-pro', { ...auto, references: [picture] }, ['mask']],
  ['a transparent background where there is none', 'sketch', { ...pixels, transparent: true }, ['transparent']],
  [
    'a negative prompt with a mask where they do not go together',
    'ideogram-v3',
    { ...ratio, quality: 'TURBO', negativePrompt: 'text', references: [picture], mask: picture },
    ['negativePrompt'],
  ],
  [
    'a transparent background with pictures where they do not go together',
    'ideogram-v3',
    { ...ratio, quality: 'TURBO', transparent: true, references: [picture] },
    ['transparent'],
  ],
  ['no length for a video', 'veo-3-1', { ...ratio, size: film }, ['duration']],
  ['a length that the model lacks', 'veo-3-1', { ...ratio, size: film, duration: 5 }, ['duration']],
  ['a length for a picture', 'sketch', { ...pixels, duration: 5 }, ['duration']],
  ['silence where there is always sound', 'veo-3-1', { ...ratio, size: film, duration: 4, audio: false }, ['audio']],
  ['a factor that the model lacks', 'seedvr2-upscale', { ...upscale, factor: 3 }, ['factor']],
  ['a factor for a picture', 'sketch', { ...pixels, factor: 2 }, ['factor']],
])('%s is named as a fault', (_what, id, asked, paths) => {
  const faults = checkSettings(model(id), asked);
  expect(faults.map(({ path }) => path)).toEqual(paths);
  for (const { message } of faults) expect(message).toMatch(/\.$/);
});

test('a negative prompt that is longer than Wan takes is refused with both lengths', () => {
  const settings = { ...ratio, duration: 5, size: { kind: 'ratio', ratio: '16:9', tier: '720p' } } as const;
  const ofLength = (length: number) =>
    checkSettings(model('wan-2-7'), { ...settings, negativePrompt: 'x'.repeat(length) });
  expect(ofLength(500)).toEqual([]);
  expect(ofLength(501)).toEqual([
    {
      path: 'negativePrompt',
      message: 'Wan 2.7 takes at most 500 characters, and the negative prompt has 501: shorten it.',
    },
  ]);
});

test('case 20: no side beyond the 4096 px that Figma can place is accepted, whatever the model could do', () => {
  const large = {
    ...model('sketch'),
    sizing: { kind: 'pixels', minSide: 64, maxSide: 16_384, minPixels: 4_096, maxPixels: 100_000_000, multipleOf: 1 },
  } as const;
  expect(checkSettings(large, { ...pixels, size: { kind: 'pixels', width: 4_097, height: 100 } })).toEqual([
    { path: 'size.width', message: 'Choose 64 to 4096 px.' },
  ]);
});
