import { expect, test } from 'vitest';
import { builtInModels, findModel } from './catalogue.ts';
import { estimatePrice, sumOf } from './estimate.ts';
import type { ProviderName } from './model.ts';
import { PICO_PER_USD } from './pico-usd.ts';
import { viewOf } from './route-view.ts';
import type { Settings } from './settings.ts';
import { DEFAULT_TARIFF } from './tariff.ts';

const models = builtInModels();

const px = (width: number, height = width) => ({ size: { kind: 'pixels', width, height } }) as const;
const at = (tier: string, ratio = '1:1') => ({ size: { kind: 'ratio', ratio, tier } }) as const;
const auto = (tier?: string) => ({ size: { kind: 'auto', ...(tier !== undefined && { tier }) } }) as const;
const video = (tier: string, duration: number, audio?: boolean) => ({
  ...at(tier, '16:9'),
  duration,
  ...(audio !== undefined && { audio }),
});
const pictures = (...sides: number[]) => sides.map((side) => ({ assetId: 'a', width: side, height: side }));
const square = { ...px(1_024) };

type Row = [id: string, asked: Partial<Settings>, dollars: number, provider?: ProviderName];

/** As the makers and their sellers publish them; see `priceSource` of each model. */
const PUBLISHED: readonly Row[] = [
  ['seedream-5-lite', px(2_048), 0.035],
  ['seedream-5-lite', { ...px(3_072), count: 6 }, 0.21],
  ['seedream-5-lite', px(2_048), 0.035, 'byteplus'],
  ['seedream-5-pro', px(1_536), 0.045],
  ['seedream-5-pro', px(2_048), 0.09],
  ['seedream-5-pro', { ...px(2_048), references: pictures(1_000, 1_000, 1_000) }, 0.096],
  ['seedream-5-pro', px(1_536), 0.0675, 'fal'],
  ['seedream-5-pro', px(2_048), 0.135, 'fal'],
  ['seedream-5-flash', px(2_048), 0.018],
  ['seedream-5-5', px(1_600), 0.02],
  ['seedream-5-5', px(2_048), 0.035],
  ['seedream-5-5', { ...px(1_600), references: pictures(1_000, 1_000) }, 0.036],
  ['seedream-4-5', px(4_096), 0.04],
  ['seedream-4', px(4_096), 0.03],
  ['nano-banana-pro', at('1K'), 0.134],
  ['nano-banana-pro', at('2K', '16:9'), 0.134],
  ['nano-banana-pro', at('4K', '21:9'), 0.24],
  ['nano-banana-pro', at('1K'), 0.15, 'fal'],
  ['nano-banana-pro', { ...at('4K'), count: 4 }, 1.2, 'fal'],
  ['nano-banana-2-1', at('1K'), 0.0336],
  ['flux-2-pro', px(1_000), 0.03],
  ['flux-2-pro', px(2_000), 0.075],
  ['flux-2-pro', px(2_000), 0.075, 'fal'],
  ['flux-2-pro', { ...px(1_000), references: pictures(1_000) }, 0.045],
  ['flux-2-max', px(1_000), 0.07],
  ['flux-2-max', px(2_000), 0.16],
  ['flux-2-flex', px(2_000), 0.2],
  ['flux-2-klein-9b', px(2_000), 0.021],
  ['flux-2-klein-4b', px(2_000), 0.017],
  ['flux-kontext-pro', at('standard'), 0.04],
  ['flux-kontext-max', at('standard'), 0.08],
  ['flux-1-1-pro-ultra', at('4MP'), 0.06],
  ['flux-1-1-pro', square, 0.04],
  ['flux-fill-pro', auto(), 0.05],
  ['flux-1-schnell', px(1_000), 0.003],
  ['flux-1-dev', px(1_000), 0.025],
  ['gpt-image-2', { ...square, quality: 'low' }, 0.006],
  ['gpt-image-2', { ...square, quality: 'medium' }, 0.053],
  ['gpt-image-2', { ...square, quality: 'high' }, 0.211],
  ['gpt-image-2', { ...px(1_024, 1_536), quality: 'high' }, 0.165],
  ['gpt-image-2-5-flare', { ...square, quality: 'xhigh' }, 0.094],
  ['gpt-image-2-5-sunburst', { ...square, quality: 'max' }, 0.211],
  ['gpt-image-1-5', { ...square, quality: 'high' }, 0.133],
  ['gpt-image-1-5', { ...px(1_536, 1_024), quality: 'medium' }, 0.05],
  ['ideogram-v3', { ...at('1K'), quality: 'TURBO' }, 0.03],
  ['ideogram-v3', { ...at('1K'), quality: 'DEFAULT' }, 0.06],
  ['ideogram-v3', { ...at('1K'), quality: 'BALANCED' }, 0.06, 'fal'],
  ['ideogram-v3', { ...at('1K'), quality: 'QUALITY' }, 0.09],
  ['ideogram-v4', { ...auto(), quality: 'QUALITY' }, 0.1],
  ['recraft-v4-1', px(1_024), 0.035],
  ['recraft-v4-1', at('1K', '4:3'), 0.04, 'fal'],
  ['recraft-v4-1-flash', auto(), 0.007],
  ['recraft-v4-pro', px(2_048), 0.25],
  ['recraft-v4-vector', auto(), 0.08],
  ['recraft-v3', px(1_024), 0.04],
  ['qwen-image', { ...px(2_000, 1_000), count: 2 }, 0.08],
  ['qwen-image-edit', px(1_000), 0.03],
  ['qwen-image-3', auto('2K'), 0.075],
  ['z-image-turbo', px(1_000), 0.005],
  ['grok-imagine-image-2', auto('1K'), 0.04],
  ['grok-imagine-image-2', { ...auto('2K'), references: pictures(1_000, 1_000) }, 0.08],
  ['wan-2-7-image', auto(), 0.03],
  ['hunyuan-image-3-edit', px(1_000), 0.09],
  ['kling-image-o1', auto('1K'), 0.028],
  ['luma-uni-1', { ...auto(), references: pictures(1_000) }, 0.0434],
  ['luma-photon-1', at('standard'), 0.03],
  ['stable-image-core', at('standard'), 0.03],
  ['stable-image-ultra', at('standard'), 0.08],
  ['sd3-5-large', at('standard'), 0.065],
  ['runway-gen4-image', px(1_280, 720), 0.05],
  ['runway-gen4-image', px(1_920, 1_080), 0.08],
  ['veo-3-1', video('1080p', 8), 3.2],
  ['veo-3-1', video('4k', 8), 4.8],
  ['veo-3-1', video('720p', 4, false), 0.8, 'fal'],
  ['veo-3-1', video('4k', 4, true), 2.4, 'fal'],
  ['veo-3-1-fast', video('1080p', 6), 0.72],
  ['veo-3-1-lite', video('720p', 4), 0.2],
  ['kling-3-pro', video('pro', 5, false), 0.56],
  ['kling-3-pro', video('pro', 5, true), 0.84],
  ['kling-3-standard', video('standard', 10, true), 1.26],
  ['kling-3-turbo', video('pro', 5), 0.7],
  ['kling-o3', video('standard', 5, true), 0.56],
  ['kling-2-5-turbo-pro', video('pro', 10), 0.7],
  ['seedance-2-5', video('720p', 10), 4.73],
  ['seedance-2-0', video('720p', 5), 1.517],
  ['seedance-2-0', video('1080p', 5), 3.41],
  ['seedance-2-0-fast', video('720p', 5), 1.2095],
  ['seedance-2-0-mini', video('720p', 5), 0.7735],
  ['hailuo-2-3-standard', { ...auto(), duration: 6 }, 0.28],
  ['hailuo-2-3-standard', { ...auto(), duration: 10 }, 0.56],
  ['hailuo-2-3-pro', { ...auto(), duration: 6 }, 0.49],
  ['minimax-h3', video('2k', 5), 0.65],
  ['minimax-h3', { ...video('480p', 5), references: pictures(9, 9, 9, 9, 9, 9, 9) }, 0.41],
  ['wan-2-7', video('1080p', 15), 2.25],
  ['ltx-2-pro', video('2160p', 10), 2.4],
  ['pixverse-5-5', { ...auto('720p'), duration: 5, audio: false }, 0.2],
  ['pixverse-5-5', { ...auto('1080p'), duration: 8, audio: true }, 0.85],
  ['pixverse-5-5', { ...auto('540p'), duration: 10 }, 0.33],
  ['runway-gen4-turbo', { ...px(1_280, 720), duration: 10 }, 0.5],
  ['luma-ray-2', video('540p', 5), 0.4],
  ['topaz-image-upscale', { ...auto(), factor: 2, references: pictures(2_400) }, 0.08],
  ['topaz-image-upscale', { ...auto(), factor: 2, references: pictures(2_500) }, 0.16],
  ['topaz-image-upscale', { ...auto(), factor: 4, references: pictures(4_096) }, 1.36],
  ['seedvr2-upscale', { ...auto(), factor: 2, references: pictures(1_000) }, 0.004],
  ['recraft-crisp-upscale', auto(), 0.004],
  ['recraft-creative-upscale', auto(), 0.25],
  ['bria-rmbg-2', auto(), 0.018],
  ['recraft-remove-background', auto(), 0.01],
  ['recraft-vectorize', auto(), 0.01],
  ['recraft-erase-region', auto(), 0.002],
  ['stability-upscale-fast', auto(), 0.02],
  ['stability-upscale-conservative', auto(), 0.4],
  ['stability-remove-background', auto(), 0.05],
  ['stability-inpaint', auto(), 0.05],
];

test.each(PUBLISHED)('%s %j costs $%d', (id, asked, dollars, provider) => {
  const model = findModel(models, id);
  const route = model?.routes.find((candidate) => candidate.provider === provider);
  if (!model || (provider && !route)) throw new Error(`no model ${id} on ${provider}`);
  const settings: Settings = { prompt: 'a lighthouse', count: 1, size: { kind: 'auto' }, ...asked };
  const { lines } = estimatePrice(route ? viewOf(model, route) : model, settings, DEFAULT_TARIFF);
  // The published price is a decimal; what we count is an integer. They meet exactly.
  expect(sumOf(lines)).toBe(Math.round(dollars * 1e6) * (PICO_PER_USD / 1e6));
});

test('at least sixty published prices are reproduced, of every kind of model', () => {
  expect(PUBLISHED.length).toBeGreaterThanOrEqual(60);
  const kinds = new Set(PUBLISHED.map(([id]) => findModel(models, id)?.kind));
  expect(kinds).toEqual(new Set(['image', 'video', 'utility']));
});

test('token rates give an estimate for the ceiling: seven thousand tokens at $30 a million', () => {
  const model = findModel(models, 'gpt-image-2-6-flare');
  if (!model) throw new Error('no model');
  const settings: Settings = { prompt: 'a', count: 2, quality: 'high', ...square };
  const { lines } = estimatePrice(model, settings, DEFAULT_TARIFF);
  expect(lines).toEqual([
    { label: '2 pictures at 1024x1024, high quality, about 14068 tokens', picoUsd: 0.42204 * PICO_PER_USD },
  ]);
});
