import { describe, expect, test } from 'vitest';
import { builtInModels, CatalogueError, findModel, parseCatalogue } from './catalogue.ts';
import type { Model } from './model.ts';

const models = builtInModels();

/** A valid model of the catalogue with some fields replaced, as an operator might write it. */
function edited(id: string, changes: Record<string, unknown>): unknown {
  return { ...findModel(models, id), ...changes };
}

function faultsOf(catalogue: unknown): string[] {
  try {
    parseCatalogue(catalogue);
  } catch (error) {
    if (error instanceof CatalogueError) return error.faults.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('the built-in catalogue', () => {
  test('is valid and has at least ten models, four of them offline', () => {
    expect(models.length).toBeGreaterThanOrEqual(10);
    expect(models.filter(({ routes }) => routes[0]?.provider === 'sketch')).toHaveLength(4);
  });

  test.each(['sketch', 'fal'] as const)('covers every kind of price on %s', (provider) => {
    const kinds = models.filter(({ routes }) => routes[0]?.provider === provider).map(({ price }) => price.kind);
    expect([...new Set(kinds)].sort()).toEqual(['flat', 'megapixel', 'quality', 'tier']);
  });

  test('says of every built-in sketch that it is not AI', () => {
    for (const { routes, notice } of models) {
      if (routes[0]?.provider === 'sketch') expect(notice).toContain('not AI');
    }
  });
});

describe('a catalogue with faults is refused as a whole, naming the path of each', () => {
  test('what the schema refuses, by its position', () => {
    const catalogue = [
      edited('sketch', { maxCount: 0 }),
      edited('sketch-draft', { price: { kind: 'flat' }, colour: 1 }),
    ];
    expect(faultsOf(catalogue).sort()).toEqual(['0.maxCount', '1', '1.price.perImage']);
    expect(faultsOf('models')).toEqual(['catalogue']);
  });

  test('an id that is there twice', () => {
    expect(faultsOf([edited('sketch', {}), edited('sketch-draft', { id: 'sketch' })])).toEqual(['sketch']);
  });

  test('a tier without a price, and a price without a tier', () => {
    const price: Model['price'] = { kind: 'tier', perImage: { '1K': 0.1, '2K': 0.1, '8K': 0.4 } };
    expect(faultsOf([edited('nano-banana-pro', { price })])).toEqual([
      'nano-banana-pro.price.perImage.4K',
      'nano-banana-pro.price.perImage.8K',
    ]);
    expect(faultsOf([edited('flux-2-pro', { price })])).toEqual(['flux-2-pro.price.kind']);
  });

  test('a quality without a price', () => {
    expect(faultsOf([edited('ideogram-v3', { qualities: ['TURBO', 'BALANCED', 'QUALITY', 'FLASH'] })])).toEqual([
      'ideogram-v3.price.perImage.FLASH',
    ]);
  });

  test('limits between which no picture fits', () => {
    const sizing = {
      kind: 'pixels',
      minSide: 64,
      maxSide: 1024,
      minPixels: 4_000_000,
      maxPixels: 5_000_000,
      multipleOf: 8,
    };
    expect(faultsOf([edited('sketch', { sizing })])).toEqual(['sketch.sizing']);
    expect(faultsOf([edited('sketch', { sizing: { ...sizing, minSide: 2048 } })])).toEqual(['sketch.sizing']);
  });

  test('a ratio that is none, a list with a repetition, a day that is none', () => {
    const sizing = { kind: 'ratio', ratios: ['1:1', '1:1', '0:9'], tiers: [{ id: '1K', pixels: 1_048_576 }] };
    const faults = faultsOf([edited('sketch-draft', { sizing, priceAsOf: 'August' })]);
    expect(faults.sort()).toEqual([
      'sketch-draft.priceAsOf',
      'sketch-draft.sizing.ratios',
      'sketch-draft.sizing.ratios',
    ]);
  });

  test('the message has one line for each fault', () => {
    const parse = () => parseCatalogue([edited('sketch', { priceAsOf: 'now' }), edited('sketch', {})]);
    expect(parse).toThrow(/sketch: this id is there twice\n {2}sketch\.priceAsOf: write the day as YYYY-MM-DD$/);
  });
});
