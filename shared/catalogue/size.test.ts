import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSettings } from './capability.ts';
import { builtInModels, findModel } from './catalogue.ts';
import type { Model } from './model.ts';
import type { Sizing } from './public-model.ts';
import { fitFrame, outputSize, parseRatio } from './size.ts';

const models = builtInModels();

function model(id: string): Model {
  const found = findModel(models, id);
  if (!found) throw new Error(`no model ${id}`);
  return found;
}

const frames = fc.record({
  width: fc.double({ min: 0, max: 20_000, noNaN: true }),
  height: fc.double({ min: 0, max: 20_000, noNaN: true }),
});
const scales = fc.constantFrom(1, 2, 3);

const pixelSizing = fc
  .record({
    minSide: fc.integer({ min: 1, max: 1_024 }),
    maxSide: fc.integer({ min: 512, max: 8_192 }),
    multipleOf: fc.constantFrom(1, 2, 8, 16, 32, 64),
    minPixels: fc.integer({ min: 1, max: 4_000_000 }),
    maxPixels: fc.integer({ min: 100_000, max: 20_000_000 }),
  })
  .map((limits): Extract<Sizing, { kind: 'pixels' }> => ({ kind: 'pixels', ...limits }))
  .filter(hasSquare);

function hasSquare({ minSide, maxSide, minPixels, maxPixels, multipleOf }: Extract<Sizing, { kind: 'pixels' }>) {
  const shortest = Math.ceil(minSide / multipleOf) * multipleOf;
  const longest = Math.floor(Math.min(maxSide, 4_096) / multipleOf) * multipleOf;
  const side = Math.min(longest, Math.floor(Math.sqrt(maxPixels) / multipleOf) * multipleOf);
  return side >= shortest && side * side >= minPixels;
}

describe('fitFrame', () => {
  test('always returns a size that the model accepts, for every model of the catalogue and any frame', () => {
    fc.assert(
      fc.property(fc.constantFrom(...models), frames, scales, (candidate, frame, scale) => {
        const size = fitFrame(candidate.sizing, frame, scale);
        const faults = checkSettings(candidate, { prompt: 'a', size, count: 1 });
        expect(faults.filter(({ path }) => path.startsWith('size'))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('always returns a size within any limits that leave room for a square', () => {
    fc.assert(
      fc.property(pixelSizing, frames, scales, (sizing, frame, scale) => {
        const size = fitFrame(sizing, frame, scale);
        expect(checkSettings({ ...model('sketch'), sizing }, { prompt: 'a', size, count: 1 })).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('keeps the shape of a frame to within one step of each side, where the limits allow that shape', () => {
    const shapes = fc.record({
      width: fc.integer({ min: 20, max: 8_000 }),
      height: fc.integer({ min: 20, max: 8_000 }),
    });
    const ids = ['sketch', 'sketch-draft', 'flux-2-pro', 'seedream-5-lite', 'qwen-image'];
    fc.assert(
      fc.property(fc.constantFrom(...ids), shapes, scales, (id, frame, scale) => {
        const { sizing } = model(id);
        fc.pre(sizing.kind === 'pixels');
        const ratio = frame.width / frame.height;
        const short = Math.max(sizing.minSide, Math.sqrt(sizing.minPixels / Math.max(ratio, 1 / ratio)));
        fc.pre(short * Math.max(ratio, 1 / ratio) <= Math.min(sizing.maxSide, Math.sqrt(sizing.maxPixels)));
        const size = fitFrame(sizing, frame, scale);
        if (size.kind !== 'pixels') throw new Error('a pixel model takes pixels');
        const tolerance = (2 * sizing.multipleOf) / Math.min(size.width, size.height);
        expect(Math.abs(Math.log(size.width / size.height) - Math.log(ratio))).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 3_000 },
    );
  });

  test('returns a frame that already fits as it is, at 1×, 2× and 3×', () => {
    const { sizing } = model('sketch');
    expect(fitFrame(sizing, { width: 360, height: 640 }, 1)).toEqual({ kind: 'pixels', width: 360, height: 640 });
    expect(fitFrame(sizing, { width: 360, height: 640 }, 2)).toEqual({ kind: 'pixels', width: 720, height: 1_280 });
    expect(fitFrame(sizing, { width: 1_440, height: 900 }, 3)).toEqual({ kind: 'pixels', width: 4_096, height: 2_560 });
  });

  test('case 20: a frame beyond 4096 px is fitted before anything is held or asked for', () => {
    const { sizing } = model('sketch');
    expect(fitFrame(sizing, { width: 8_192, height: 4_096 }, 1)).toEqual({
      kind: 'pixels',
      width: 4_096,
      height: 2_048,
    });
  });

  test('picks the nearest ratio, and the smallest tier that has enough pixels', () => {
    const { sizing } = model('nano-banana-pro');
    expect(fitFrame(sizing, { width: 1_280, height: 720 }, 1)).toEqual({ kind: 'ratio', ratio: '16:9', tier: '1K' });
    expect(fitFrame(sizing, { width: 1_280, height: 720 }, 2)).toEqual({ kind: 'ratio', ratio: '16:9', tier: '2K' });
    expect(fitFrame(sizing, { width: 100, height: 900 }, 3)).toEqual({ kind: 'ratio', ratio: '9:16', tier: '1K' });
    expect(fitFrame(sizing, { width: 9_000, height: 9_000 }, 1)).toEqual({ kind: 'ratio', ratio: '1:1', tier: '4K' });
  });
});

describe('outputSize', () => {
  test('is the asked size for pixels, and the tier in that ratio otherwise', () => {
    expect(outputSize(model('sketch'), { size: { kind: 'pixels', width: 321, height: 123 } })).toEqual({
      width: 321,
      height: 123,
    });
    const poster = model('sketch-poster');
    expect(outputSize(poster, { size: { kind: 'ratio', ratio: '1:1', tier: '1K' } })).toEqual({
      width: 1_024,
      height: 1_024,
    });
    expect(outputSize(poster, { size: { kind: 'ratio', ratio: '16:9', tier: '4K' } })).toEqual({
      width: 4_096,
      height: 2_304,
    });
  });

  test('refuses a tier that the model does not have', () => {
    expect(() => outputSize(model('sketch-poster'), { size: { kind: 'ratio', ratio: '1:1', tier: '9K' } })).toThrow(
      RangeError,
    );
  });
});

test('parseRatio reads width over height and refuses anything else', () => {
  expect(parseRatio('16:9')).toBeCloseTo(1.7778, 4);
  for (const wrong of ['0:1', '1:0', '1', 'a:b', '']) expect(() => parseRatio(wrong)).toThrow(RangeError);
});
