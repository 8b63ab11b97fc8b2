import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCredits } from '../credits.ts';
import { checkSettings } from './capability.ts';
import { builtInModels, findModel } from './catalogue.ts';
import { durationsFor } from './durations.ts';
import { estimatePrice, sumOf } from './estimate.ts';
import type { Model } from './model.ts';
import { picoUsd } from './pico-usd.ts';
import type { Price } from './price.ts';
import { tierIds, viewOf } from './route-view.ts';
import type { Settings, Size } from './settings.ts';
import { fitFrame } from './size.ts';
import { DEFAULT_TARIFF, revenueOf, toCredits } from './tariff.ts';

const models = builtInModels();
/** Every model as each of its routes sells it. */
const views = models.flatMap((model) => [model, ...model.routes.map((route) => viewOf(model, route))]);

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
const picture = (width: number, height: number) => ({ assetId: 'a', width, height });

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
    ['nano-banana-pro', settings(tier('4K')), '6 credits'],
    ['veo-3-1', settings(tier('720p', '16:9'), { duration: 4 }), '40 credits'],
    ['recraft-erase-region', settings({ kind: 'auto' }), '0.1 credits'],
  ])('%s %# costs $price', (id, asked, price) => {
    expect(formatCredits(estimatePrice(model(id), asked, DEFAULT_TARIFF).ceiling)).toBe(price);
  });

  test('are rounded up to the step once, after everything is added up', () => {
    const asked = settings(px(512, 512), { count: 4 });
    expect(estimatePrice(model('sketch-draft'), asked, DEFAULT_TARIFF).ceiling).toBe(1_000);
  });

  test('are at least one step, because a hold must hold something', () => {
    expect(estimatePrice(model('local-comfyui'), settings({ kind: 'auto' }), DEFAULT_TARIFF).ceiling).toBe(100);
  });

  test('are refused for a choice without a price', () => {
    const estimate = (id: string, asked: Settings) => () => estimatePrice(model(id), asked, DEFAULT_TARIFF);
    expect(estimate('nano-banana-pro', settings(tier('8K')))).toThrow(RangeError);
    expect(estimate('ideogram-v3', settings(tier('1K')))).toThrow(RangeError);
    expect(estimate('ideogram-v3', settings(tier('1K'), { quality: 'constructor' }))).toThrow(RangeError);
    expect(estimate('veo-3-1', settings(tier('720p', '16:9')))).toThrow(RangeError);
    expect(estimate('clarity-upscaler', settings({ kind: 'auto' }))).toThrow(RangeError);
  });
});

describe('a quote explains itself', () => {
  test.each<[id: string, asked: Settings, labels: string[]]>([
    ['qwen-image', settings(px(2_000, 1_000), { count: 2 }), ['2 × first megapixel', '2 × 1.00 megapixels more']],
    ['nano-banana-pro', settings(tier('4K'), { count: 2 }), ['2 pictures at 4K']],
    ['gpt-image-2', settings(px(1_024, 1_024), { quality: 'high' }), ['1 picture at 1024x1024, high quality']],
    [
      'flux-2-pro',
      settings(px(1_000, 1_000), { references: [picture(1_000, 500), picture(1_000, 1_000)] }),
      ['first megapixel', '2 reference pictures, 1.50 megapixels'],
    ],
    ['kling-3-pro', settings(tier('pro', '16:9'), { duration: 5, audio: true }), ['5 seconds at pro, with sound']],
    [
      'pixverse-5-5',
      settings({ kind: 'auto', tier: '720p' }, { duration: 8, audio: true }),
      ['1 video of 8 seconds at 720p, with sound', 'sound'],
    ],
    ['seedream-5-pro', settings(px(2_048, 2_048), { references: [picture(9, 9)] }), ['1 picture']],
  ])('%s %#: %j', (id, asked, labels) => {
    const { lines } = estimatePrice(model(id), asked, DEFAULT_TARIFF);
    expect(lines.map(({ label }) => label)).toEqual(labels);
  });

  test('its lines are whole picodollars that add up to the cost', () => {
    const asked = settings(px(1_024, 1_040), { references: [picture(333, 777)] });
    const { lines, ceiling } = estimatePrice(model('flux-2-pro'), asked, DEFAULT_TARIFF);
    expect(lines.map((line) => line.picoUsd)).toEqual([
      picoUsd(0.03),
      (1_024 * 1_040 - 1_000_000) * 15_000,
      333 * 777 * 15_000,
    ]);
    expect(toCredits(sumOf(lines), DEFAULT_TARIFF)).toBe(ceiling);
  });
});

describe('properties', () => {
  const tariffs = fc.record({
    margin: fc.integer({ min: 1_000, max: 10_000 }).map((thousandths) => thousandths / 1_000),
    stepMillicredits: fc.integer({ min: 1, max: 1_000 }),
  });
  const usdRate = fc.integer({ min: 0, max: 10_000_000 }).map((micro) => micro / 1_000_000);
  const side = fc.integer({ min: 64, max: 4_096 });
  const count = fc.integer({ min: 1, max: 10 });
  const priced = views.filter(({ durations, price }) => price.per !== 'second' || durations.length > 0);
  /** Whether its size is known before it is made: without it, a price by the megapixel is none. */
  const isSized = ({ price, sizing, factors }: Model) =>
    price.per !== 'megapixel' || sizing.kind !== 'auto' || factors.length > 0;
  const anyView = fc.constantFrom(...priced);

  /** Some choice of a model, whatever it has to choose from. */
  const someSettings = (view: Model, pick: number): Settings => {
    const of = <Choice>(choices: readonly Choice[]) => choices[pick % Math.max(1, choices.length)];
    const chosen = fitFrame(view.sizing, { width: 1_024, height: 1_024 }, 1);
    const tierId = of(tierIds(view.sizing));
    const size = chosen.kind !== 'pixels' && tierId !== undefined ? { ...chosen, tier: tierId } : chosen;
    const references = [picture(1_024, 1_024)];
    const duration = of(durationsFor(view, { size, references }));
    const [quality, factor] = [of(view.qualities), of(view.factors)];
    return {
      prompt: 'a',
      count: 1,
      size,
      ...(quality !== undefined && { quality }),
      ...(duration !== undefined && { duration }),
      // A megapixel price of an upscale needs a size that nobody chooses.
      references,
      factor: factor ?? 2,
    };
  };
  const quote = (view: Parameters<typeof estimatePrice>[0], asked: Settings, tariff = DEFAULT_TARIFF) =>
    estimatePrice(view, asked, tariff).ceiling;

  test('the ceiling covers the cost with its margin, in whole steps, by less than one step too much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), tariffs, (pico, tariff) => {
        const ceiling = BigInt(toCredits(pico, tariff));
        const step = BigInt(tariff.stepMillicredits);
        // In picodollars × 1,000: one millicredit is $0.00005.
        const perMillicredit = 50_000_000_000n;
        const cost = BigInt(pico) * BigInt(Math.round(tariff.margin * 1_000));
        expect(ceiling % step).toBe(0n);
        expect(ceiling * perMillicredit >= cost).toBe(true);
        expect(ceiling === step || (ceiling - step) * perMillicredit < cost).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('nobody pays less than the operator does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 15 }), tariffs, (pico, tariff) => {
        expect(revenueOf(toCredits(pico, tariff))).toBeGreaterThanOrEqual(pico);
      }),
    );
  });

  test('a quote never falls with more pixels, on any price by the megapixel', () => {
    const megapixels = fc
      .record({ usd: usdRate, extra: usdRate })
      .map((rate): Price => ({ per: 'megapixel', rates: [rate] }));
    const { sizing } = model('sketch');
    fc.assert(
      fc.property(megapixels, side, side, side, side, count, tariffs, (price, w, h, moreW, moreH, n, tariff) => {
        const at = (size: Size) =>
          quote({ price, sizing, kind: 'image', audio: undefined }, settings(size, { count: n }), tariff);
        expect(at(px(Math.max(w, moreW), Math.max(h, moreH)))).toBeGreaterThanOrEqual(at(px(w, h)));
      }),
    );
  });

  test('a quote never falls with more pixels, on any model that takes pixels', () => {
    const views = fc.constantFrom(...priced.filter(({ sizing }) => sizing.kind === 'pixels'));
    fc.assert(
      fc.property(views, fc.nat(), side, side, side, side, (view, pick, w, h, moreW, moreH) => {
        const at = (size: Size) => quote(view, { ...someSettings(view, pick), size });
        expect(at(px(Math.max(w, moreW), Math.max(h, moreH)))).toBeGreaterThanOrEqual(at(px(w, h)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a quote never falls with more results, on any model and route', () => {
    fc.assert(
      fc.property(anyView, fc.nat(), count, count, tariffs, (view, pick, few, more, tariff) => {
        const at = (n: number) => quote(view, { ...someSettings(view, pick), count: n }, tariff);
        expect(at(Math.max(few, more))).toBeGreaterThanOrEqual(at(Math.min(few, more)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a quote never falls with more seconds, on any model and route', () => {
    const videos = fc.constantFrom(...priced.filter(({ durations }) => durations.length > 1));
    fc.assert(
      fc.property(videos, fc.nat(), fc.nat(), fc.nat(), tariffs, (view, pick, a, b, tariff) => {
        const [short = 0, long = 0] = [a, b]
          .map((at) => view.durations[at % view.durations.length] ?? 0)
          .sort((x, y) => x - y);
        const at = (duration: number) => quote(view, { ...someSettings(view, pick), duration }, tariff);
        expect(at(long)).toBeGreaterThanOrEqual(at(short));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a quote never falls with more or larger references, on any model and route', () => {
    const pictures = fc.array(fc.record({ assetId: fc.constant('a'), width: side, height: side }), { maxLength: 8 });
    // For an upscale, the first picture is the one that is worked on.
    const drawing = fc.constantFrom(...priced.filter((view) => view.kind !== 'utility' && isSized(view)));
    fc.assert(
      fc.property(drawing, fc.nat(), pictures, pictures, tariffs, (view, pick, some, others, tariff) => {
        const at = (references: typeof some) => quote(view, { ...someSettings(view, pick), references }, tariff);
        expect(at([...some, ...others])).toBeGreaterThanOrEqual(at(some));
      }),
      { numRuns: 1_000 },
    );
  });

  test('whatever a model can do has a price', () => {
    fc.assert(
      fc.property(anyView, fc.nat(), (view, pick) => {
        const { factor, references = [], ...rest } = someSettings(view, pick);
        const asked: Settings = {
          ...rest,
          prompt: view.prompt === 'none' ? '' : 'a',
          ...(view.factors.length > 0 && factor !== undefined && { factor: view.factors[0] ?? factor }),
          references: references.slice(0, view.references.min),
          ...(view.mask === 'required' && { mask: picture(64, 64) }),
        };
        expect(checkSettings(view, asked)).toEqual([]);
        if (isSized(view)) expect(quote(view, asked)).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
