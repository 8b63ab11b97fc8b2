import { describe, expect, test } from 'vitest';
import { builtInLines, builtInModels, findModel, parseModels } from './catalogue.ts';
import { CatalogueError } from './catalogue-error.ts';
import type { Price } from './price.ts';

const models = builtInModels();

/** A valid model of the catalogue with some fields replaced, as an operator might write it. */
function edited(id: string, changes: Record<string, unknown>): unknown {
  return { ...findModel(models, id), ...changes };
}

function faultsOf(...lines: unknown[]): string[] {
  try {
    parseModels(lines.map((line, index) => ({ path: `models.${index}`, line })));
  } catch (error) {
    if (error instanceof CatalogueError) return error.faults.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('the built-in catalogue', () => {
  test('has at least eighty models of every kind, beside those that work offline', () => {
    const bought = models.filter(({ maker }) => maker !== 'Inkpot');
    expect(bought.length).toBeGreaterThanOrEqual(80);
    expect(new Set(bought.map(({ kind }) => kind))).toEqual(new Set(['image', 'video', 'utility']));
    expect(models.filter(({ routes }) => routes[0]?.provider === 'sketch')).toHaveLength(7);
  });

  test('is data: one line for each model', () => {
    expect(builtInLines().map(({ path }) => path)).toEqual(models.map(({ id }) => id));
  });

  test('names no model that was shut down before it was written', () => {
    for (const { id, shutdown } of models) expect(shutdown === undefined || shutdown > '2026-11-24', id).toBe(true);
    expect(models.map(({ id }) => id)).not.toContain('sora-2');
    expect(findModel(models, 'gpt-image-1-5')?.shutdown).toBe('2026-12-01');
  });

  test('says of each model who says what its results may be used for', () => {
    for (const { id, licence, watermark } of models) {
      expect(licence.by, id).not.toBe('');
      expect(licence.text, id).not.toBe('');
      expect(watermark, id).not.toBe('');
    }
  });

  test('says of every built-in sketch that it is not AI', () => {
    for (const { routes, notice } of models) {
      if (routes[0]?.provider === 'sketch') expect(notice).toContain('not AI');
    }
  });
});

describe('a catalogue with faults is refused as a whole, naming the path of each', () => {
  test('what the schema refuses', () => {
    const catalogue = [
      edited('sketch', { maxCount: 0 }),
      edited('sketch-draft', { price: { per: 'image', rates: [{ usd: 0.0000001 }] }, colour: 1 }),
      'a model',
    ];
    expect(faultsOf(...catalogue).sort()).toEqual([
      'models.0.maxCount',
      'models.1',
      'models.1.price.rates.0.usd',
      'models.2',
    ]);
  });

  test('an id that is there twice', () => {
    expect(faultsOf(edited('sketch', {}), edited('sketch-draft', { id: 'sketch' }))).toEqual(['models.1.id']);
  });

  test('a tier without a price, and a price without a tier', () => {
    const price: Price = {
      per: 'image',
      rates: [
        { tier: '1K', usd: 0.1 },
        { tier: '2K', usd: 0.1 },
        { tier: '8K', usd: 0.4 },
      ],
    };
    expect(faultsOf(edited('sketch-poster', { price }))).toEqual([
      'models.0.price.rates',
      'models.0.price.rates.2.tier',
    ]);
    expect(faultsOf(edited('sketch', { price, routes: [] }))).toEqual([
      'models.0.price.rates',
      'models.0.price.rates.0.tier',
      'models.0.price.rates.1.tier',
      'models.0.price.rates.2.tier',
    ]);
  });

  test('a quality, a length or a sound without a price', () => {
    const price: Price = { per: 'image', rates: [{ quality: 'draft', usd: 0.1 }] };
    expect(faultsOf(edited('sketch-fine', { price }))).toEqual(['models.0.price.rates', 'models.0.price.rates']);
    const byLength: Price = { per: 'video', rates: [{ seconds: 6, usd: 0.28 }] };
    expect(faultsOf(edited('hailuo-2-3-standard', { price: byLength }))).toEqual(['models.0.price.rates']);
    const loud: Price = { per: 'second', rates: [{ audio: true, usd: 0.1 }] };
    expect(faultsOf(edited('kling-3-pro', { price: loud }))).toEqual(['models.0.price.rates']);
  });

  test('a price by size that does not reach to the largest picture', () => {
    const price: Price = { per: 'image', rates: [{ upToPixels: 1_000_000, usd: 0.1 }] };
    expect(faultsOf(edited('seedream-5-flash', { price }))).toEqual(['models.0.price.rates']);
  });

  test('a route whose own price or capability does not fit', () => {
    const route = { provider: 'fal', path: 'x', can: { qualities: ['a', 'b'] }, shutdown: 'soon' };
    const price: Price = { per: 'image', rates: [{ quality: 'a', usd: 0.1 }] };
    expect(faultsOf(edited('sketch', { routes: [{ ...route, price }] }))).toEqual([
      'models.0.routes.0.shutdown',
      'models.0.routes.0.price.rates',
    ]);
  });

  test.each<[field: string, value: unknown]>([
    ['maxCount', 12],
    ['maxCount', 0],
    ['references.max', { max: 99 }],
    ['references.min', { min: -1, max: 1 }],
    ['durations.0', [0]],
    ['durations.0', [90]],
    ['factors.0', [99]],
    ['qualities.0', ['']],
    ['qualities.1', ['good', 'the very best of them all']],
    ['sizing.tiers.0', { kind: 'auto', tiers: [''] }],
    ['sizing.tiers.0.pixels', { kind: 'ratio', ratios: ['1:1'], tiers: [{ id: '1K', pixels: -1 }] }],
  ])('%s of a model or of a route that nobody could ask for', (field, value) => {
    const changes = { [field.replace(/\..*/, '')]: value };
    const route = { provider: 'fal', path: 'x', can: changes };
    expect(faultsOf(edited('sketch', { routes: [route] }))).toContain(`models.0.routes.0.can.${field}`);
    expect(faultsOf(edited('sketch', changes))).toContain(`models.0.${field}`);
  });

  test('a route that names something twice, or whose bounds cross', () => {
    const can = { qualities: ['a', 'a'], references: { min: 3, max: 2 } };
    expect(faultsOf(edited('sketch', { routes: [{ provider: 'fal', path: 'x', can }] }))).toEqual([
      'models.0.routes.0.qualities',
      'models.0.routes.0.references',
    ]);
  });

  test('a path with a place for a resolution where there is none to choose', () => {
    const route = { provider: 'fal', path: 'x/{tier}', maskPath: 'y/{tier}', can: { sizing: { kind: 'auto' } } };
    expect(faultsOf(edited('sketch', { routes: [route] }))).toEqual([
      'models.0.routes.0.path',
      'models.0.routes.0.maskPath',
    ]);
  });

  test('lengths for a resolution that is not there, or that the model has nowhere', () => {
    const durationLimits = [{ tiers: ['8k'], durations: [8] }, { durations: [8] }, { references: 1, durations: [7] }];
    expect(faultsOf(edited('veo-3-1-fast', { durationLimits }))).toEqual([
      'models.0.durationLimits.0',
      'models.0.durationLimits.2',
    ]);
    const [route] = findModel(models, 'veo-3-1-fast')?.routes ?? [];
    const routes = [{ ...route, can: { durations: [4] } }];
    expect(faultsOf(edited('veo-3-1-fast', { routes, durationLimits: [{ durations: [8] }] }))).toEqual([
      'models.0.routes.0.durationLimits.0',
    ]);
  });

  test('limits between which no picture fits', () => {
    const limits = {
      kind: 'pixels',
      minSide: 64,
      maxSide: 1024,
      minPixels: 4_000_000,
      maxPixels: 5_000_000,
      multipleOf: 8,
    };
    expect(faultsOf(edited('sketch', { sizing: limits }))).toEqual(['models.0.sizing']);
    expect(faultsOf(edited('sketch', { sizing: { ...limits, minSide: 2048 } }))).toEqual(['models.0.sizing']);
    const list = { kind: 'list', tiers: [{ id: 'a', sizes: ['1024x1024', '5000x100', '12'] }] };
    expect(faultsOf(edited('sketch', { sizing: list }))).toEqual(['models.0.sizing.tiers', 'models.0.sizing.tiers']);
  });

  test('a ratio that is none, a list with a repetition, a day that is none, bounds that cross', () => {
    const sizing = { kind: 'ratio', ratios: ['1:1', '1:1', '0:9'], tiers: [{ id: '1K', pixels: 1_048_576 }] };
    const changes = { sizing, priceAsOf: 'August', shutdown: '2027-02-29', references: { min: 3, max: 2 } };
    expect(faultsOf(edited('sketch-draft', changes)).sort()).toEqual([
      'models.0.priceAsOf',
      'models.0.references',
      'models.0.shutdown',
      'models.0.sizing.ratios',
      'models.0.sizing.ratios',
    ]);
  });

  test('the message has one line for each fault', () => {
    const parse = () =>
      parseModels([
        { path: 'first', line: edited('sketch', { priceAsOf: 'now' }) },
        { path: 'second', line: edited('sketch', {}) },
      ]);
    expect(parse).toThrow(/valid:\n {2}second\.id: sketch is there twice\n {2}first\.priceAsOf: write the day/);
  });
});
