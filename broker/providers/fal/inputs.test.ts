import { expect, test } from 'vitest';
import { builtInModels, findModel } from '../../../shared/catalogue/catalogue.ts';
import { routeFor, viewOf } from '../../../shared/catalogue/route-view.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { outputSize } from '../../../shared/catalogue/size.ts';
import { ProviderFault } from '../provider.ts';
import { requestFor } from '../test-request.ts';
import { FAL_PATHS, toInput } from './inputs.ts';

const models = builtInModels();

function inputFor(id: string, changes: Partial<Settings>) {
  const model = findModel(models, id);
  const route = model?.routes.find(({ provider }) => provider === 'fal');
  if (!model || !route) throw new Error(`no model ${id}`);
  const view = viewOf(model, route);
  const size =
    view.sizing.kind === 'ratio'
      ? ({ kind: 'ratio', ratio: '1:1', tier: '1K' } as const)
      : ({ kind: 'pixels', width: 1_024, height: 768 } as const);
  const settings: Settings = { prompt: 'a fox', count: 1, size, ...changes };
  return toInput(requestFor(routeFor(view, route, settings), settings, { size: outputSize(view, settings) }));
}

test('whatever has its fields here is a fal route of the catalogue', () => {
  const paths = models
    .flatMap(({ routes }) => routes.filter(({ provider }) => provider === 'fal'))
    .map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining([...FAL_PATHS]));
});

test.each<[id: string, changes: Partial<Settings>, input: Record<string, unknown>]>([
  ['seedream-5-lite', { count: 3 }, { image_size: { width: 1_024, height: 768 }, num_images: 3, max_images: 1 }],
  ['flux-2-pro', { seed: 7 }, { image_size: { width: 1_024, height: 768 }, seed: 7, output_format: 'png' }],
  ['flux-2-pro', {}, { image_size: { width: 1_024, height: 768 }, output_format: 'png' }],
  [
    'nano-banana-pro',
    { count: 2, seed: 1, size: { kind: 'ratio', ratio: '16:9', tier: '4K' } },
    { aspect_ratio: '16:9', resolution: '4K', num_images: 2, limit_generations: true, seed: 1, output_format: 'png' },
  ],
  [
    'ideogram-v3',
    { quality: 'BALANCED', negativePrompt: 'text', size: { kind: 'ratio', ratio: '3:4', tier: '1K' } },
    { image_size: 'portrait_4_3', rendering_speed: 'BALANCED', negative_prompt: 'text', num_images: 1 },
  ],
  ['recraft-v4-1', { size: { kind: 'ratio', ratio: '16:9', tier: '1K' } }, { image_size: 'landscape_16_9' }],
  [
    'qwen-image',
    { count: 2, negativePrompt: '', seed: 0 },
    { image_size: { width: 1_024, height: 768 }, num_images: 2, seed: 0, output_format: 'png' },
  ],
  [
    'gpt-image-2',
    { quality: 'high', count: 4, size: { kind: 'pixels', width: 1_024, height: 1_536 } },
    { image_size: { width: 1_024, height: 1_536 }, quality: 'high', num_images: 4, output_format: 'png' },
  ],
])('%s is sent its own fields and no others', (id, changes, input) => {
  expect(inputFor(id, changes)).toEqual({ prompt: 'a fox', ...input });
});

test.each(['fal-ai/unknown', 'constructor', ''])('nothing is sent to %j, whose fields are not known', (path) => {
  expect(() => toInput(requestFor({ provider: 'fal', path }))).toThrow(ProviderFault);
});

test('nothing is sent where the size is not known, because all of these take one', () => {
  const request = requestFor(
    { provider: 'fal', path: 'fal-ai/qwen-image' },
    { size: { kind: 'auto' } },
    { size: null },
  );
  expect(() => toInput(request)).toThrow('invalid_input');
});
