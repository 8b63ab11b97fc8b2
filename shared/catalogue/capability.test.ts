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

test('settings that a model can do have no faults', () => {
  expect(checkSettings(model('sketch'), { ...pixels, seed: 7, count: 4 })).toEqual([]);
  expect(checkSettings(model('nano-banana-pro'), { ...ratio, count: 4 })).toEqual([]);
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
  ['a seed where there is none', 'recraft-v4-1', { ...ratio, seed: 1 }, ['seed']],
  ['no quality where one must be chosen', 'ideogram-v3', ratio, ['quality']],
  ['a quality that the model lacks', 'ideogram-v3', { ...ratio, quality: 'ULTRA' }, ['quality']],
  ['a quality on a model without any', 'sketch', { ...pixels, quality: 'fine' }, ['quality']],
  ['a negative prompt where there is none', 'flux-2-pro', { ...pixels, negativePrompt: 'text' }, ['negativePrompt']],
])('%s is named as a fault', (_what, id, asked, paths) => {
  const faults = checkSettings(model(id), asked);
  expect(faults.map(({ path }) => path)).toEqual(paths);
  for (const { message } of faults) expect(message).toMatch(/\.$/);
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
