import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCredits } from '../credits.ts';
import { builtInModels, findModel } from './catalogue.ts';
import type { Model, Price } from './model.ts';
import { DEFAULT_TARIFF } from './model.ts';
import { estimatePrice, toCeiling } from './price.ts';
import type { Settings, Size } from './settings.ts';

const models = builtInModels();

function model(id: string): Model {
  const found = findModel(models, id);
  if (!found) throw new Error(`no model ${id}`);
  return found;
}

function settings(size: Size, changes: Partial<Settings> = {}): Settings {
  return { prompt: 'a lighthouse', count: 1, size, ...changes };
}

const px = (width: number, height: number): Size => ({ kind: 'pixels', width, height });
const tier = (id: string, ratio = '1:1'): Size => ({ kind: 'ratio', ratio, tier: id });

/** US dollars of all lines together. */
function usd(id: string, asked: Settings): number {
  const { lines } = estimatePrice(model(id), asked, DEFAULT_TARIFF);
  return lines.reduce((total, { microUsd }) => total + microUsd, 0) / 1_000_000;
}

describe('published prices are reproduced', () => {
  test.each<[id: string, asked: Settings, dollars: number]>([
    ['seedream-5-lite', settings(px(2_048, 2_048)), 0.035],
    ['seedream-5-lite', settings(px(3_072, 3_072)), 0.035],
    ['seedream-5-lite', settings(px(2_048, 2_048), { count: 6 }), 0.21],
    ['flux-2-pro', settings(px(1_000, 1_000)), 0.03],
    ['flux-2-pro', settings(px(512, 512)), 0.03],
    ['flux-2-pro', settings(px(2_000, 1_000)), 0.045],
    ['flux-2-pro', settings(px(2_000, 2_000)), 0.075],
    ['flux-2-max', settings(px(1_000, 1_000)), 0.07],
    ['flux-2-max', settings(px(2_000, 2_000)), 0.16],
    ['flux-2-flex', settings(px(1_000, 1_000)), 0.05],
    ['flux-2-flex', settings(px(2_000, 2_000)), 0.2],
    ['nano-banana-pro', settings(tier('1K')), 0.15],
    ['nano-banana-pro', settings(tier('2K', '16:9')), 0.15],
    ['nano-banana-pro', settings(tier('4K', '21:9')), 0.3],
    ['nano-banana-pro', settings(tier('4K'), { count: 4 }), 1.2],
    ['ideogram-v3', settings(tier('1K'), { quality: 'TURBO' }), 0.03],
    ['ideogram-v3', settings(tier('1K'), { quality: 'BALANCED' }), 0.06],
    ['ideogram-v3', settings(tier('1K'), { quality: 'QUALITY' }), 0.09],
    ['recraft-v4-1', settings(tier('1K', '4:3')), 0.04],
    ['qwen-image', settings(px(1_000, 1_000)), 0.02],
    ['qwen-image', settings(px(2_000, 1_000), { count: 2 }), 0.08],
    ['z-image-turbo', settings(px(1_000, 1_000)), 0.005],
    ['gpt-image-2', settings(tier('1K'), { quality: 'low' }), 0.006],
    ['gpt-image-2', settings(tier('1K'), { quality: 'medium' }), 0.053],
    ['gpt-image-2', settings(tier('1K'), { quality: 'high' }), 0.211],
  ])('%s %#: $%d', (id, asked, dollars) => {
    expect(usd(id, asked)).toBeCloseTo(dollars, 6);
  });
});

describe('credits', () => {
  test.each<[id: string, asked: Settings, price: string]>([
    ['sketch', settings(px(1_024, 1_024)), '0.8 credits'],
    ['sketch', settings(px(64, 64)), '0.8 credits'],
    ['sketch', settings(px(4_096, 4_096)), '6.7 credits'],
    ['sketch-draft', settings(px(512, 512)), '0.3 credits'],
    ['sketch-poster', settings(tier('2K', '2:3')), '1 credit'],
    ['sketch-fine', settings(px(800, 600), { quality: 'fine' }), '1 credit'],
    ['seedream-5-lite', settings(px(2_048, 2_048)), '0.9 credits'],
    ['flux-2-pro', settings(px(1_000, 1_000)), '0.8 credits'],
    ['nano-banana-pro', settings(tier('4K')), '7.5 credits'],
  ])('%s %# costs $price', (id, asked, price) => {
    expect(formatCredits(estimatePrice(model(id), asked, DEFAULT_TARIFF).ceiling)).toBe(price);
  });

  test('are rounded up to the step once, after everything is added up', () => {
    const asked = settings(px(512, 512), { count: 4 });
    expect(estimatePrice(model('sketch-draft'), asked, DEFAULT_TARIFF).ceiling).toBe(1_000);
  });

  test('come from lines that say what they are for', () => {
    const asked = settings(px(2_000, 1_000), { count: 2 });
    expect(estimatePrice(model('qwen-image'), asked, DEFAULT_TARIFF).lines).toEqual([
      { label: '2 × first megapixel', microUsd: 40_000 },
      { label: '2 × 1.00 megapixels more', microUsd: 40_000 },
    ]);
  });

  test('are refused for a tier or a quality without a price', () => {
    const estimate = (id: string, asked: Settings) => () => estimatePrice(model(id), asked, DEFAULT_TARIFF);
    expect(estimate('nano-banana-pro', settings(tier('8K')))).toThrow(RangeError);
    expect(estimate('ideogram-v3', settings(tier('1K')))).toThrow(RangeError);
    expect(estimate('ideogram-v3', settings(tier('1K'), { quality: 'constructor' }))).toThrow(RangeError);
  });
});

describe('properties', () => {
  const tariffs = fc.record({
    margin: fc.integer({ min: 1_000, max: 10_000 }).map((thousandths) => thousandths / 1_000),
    stepMillicredits: fc.integer({ min: 1, max: 1_000 }),
  });
  const usdRate = fc.integer({ min: 0, max: 10_000_000 }).map((micro) => micro / 1_000_000);
  const megapixelPrice = fc
    .record({ first: usdRate, extra: usdRate })
    .map((rates): Price => ({ kind: 'megapixel', ...rates }));
  const side = fc.integer({ min: 64, max: 4_096 });
  const count = fc.integer({ min: 1, max: 10 });
  const { sizing } = model('sketch');

  test('the ceiling covers the cost with its margin, in whole steps, by less than one step too much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), tariffs, (microUsd, tariff) => {
        const ceiling = BigInt(toCeiling(microUsd, tariff));
        const step = BigInt(tariff.stepMillicredits);
        // In millionths of a dollar × 1,000: one millicredit is $0.00005.
        const cost = BigInt(microUsd) * BigInt(Math.round(tariff.margin * 1_000));
        expect(ceiling % step).toBe(0n);
        expect(ceiling * 50_000n >= cost).toBe(true);
        expect((ceiling - step) * 50_000n < cost).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a quote never falls with more pixels', () => {
    fc.assert(
      fc.property(megapixelPrice, side, side, side, side, count, tariffs, (price, w, h, moreW, moreH, n, tariff) => {
        const quote = (size: Size) => estimatePrice({ price, sizing }, settings(size, { count: n }), tariff).ceiling;
        const larger = px(Math.max(w, moreW), Math.max(h, moreH));
        expect(quote(larger)).toBeGreaterThanOrEqual(quote(px(w, h)));
      }),
    );
  });

  test('a quote never falls with more pictures', () => {
    fc.assert(
      fc.property(fc.constantFrom(...models), count, count, tariffs, (candidate, few, more, tariff) => {
        const size = candidate.sizing.kind === 'pixels' ? px(1_024, 1_024) : tier('1K');
        const [quality] = candidate.qualities;
        const quote = (n: number) => {
          const asked = settings(size, { count: n, ...(quality && { quality }) });
          return estimatePrice(candidate, asked, tariff).ceiling;
        };
        expect(quote(Math.max(few, more))).toBeGreaterThanOrEqual(quote(Math.min(few, more)));
      }),
    );
  });
});
