import fc from 'fast-check';
import { expect, test } from 'vitest';
import { picoUsd } from '../../shared/catalogue/pico-usd.ts';
import { DEFAULT_TARIFF, revenueOf } from '../../shared/catalogue/tariff.ts';
import { MAX_AMOUNT, millicredits } from '../../shared/credits.ts';
import { deliveredPrice, marginOf } from './delivered-price.ts';

const quoted = { ceiling: millicredits(7_500), asked: 4, delivered: 4 };
const price = (changes: Partial<Parameters<typeof deliveredPrice>[0]>) =>
  deliveredPrice({ ...quoted, costPicoUsd: null, ...changes }, DEFAULT_TARIFF);

test('what was delivered as quoted costs the quote', () => {
  expect(price({ costPicoUsd: picoUsd(0.3) })).toBe(7_500);
  expect(price({ costPicoUsd: null })).toBe(7_500);
});

test('what came cheaper than quoted costs less, rounded up to the step', () => {
  expect(price({ costPicoUsd: picoUsd(0.2) })).toBe(5_000);
  expect(price({ costPicoUsd: picoUsd(0.200001) })).toBe(5_100);
});

test('case 03: what the provider bills above the quote is the house’s loss', () => {
  expect(price({ costPicoUsd: picoUsd(0.9) })).toBe(7_500);
});

test('partial results pay for their part at most', () => {
  expect(price({ delivered: 1, costPicoUsd: picoUsd(0.3) })).toBe(1_875);
  expect(price({ delivered: 3, costPicoUsd: picoUsd(0.1) })).toBe(2_500);
  expect(price({ ceiling: millicredits(100), asked: 3, delivered: 1 })).toBe(34);
});

test('case 03: a capture is never above its quote, never nothing, and never falls with more results', () => {
  const amount = fc.integer({ min: 1, max: MAX_AMOUNT }).map(millicredits);
  const tariffs = fc.record({
    margin: fc.integer({ min: 1_000, max: 10_000 }).map((thousandths) => thousandths / 1_000),
    stepMillicredits: fc.integer({ min: 1, max: 1_000 }),
  });
  const cost = fc.option(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
  const counts = fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }));
  fc.assert(
    fc.property(amount, counts, cost, tariffs, (ceiling, [a, b], costPicoUsd, tariff) => {
      const asked = Math.max(a, b);
      const at = (delivered: number) => deliveredPrice({ ceiling, asked, delivered, costPicoUsd }, tariff);
      expect(at(asked)).toBeLessThanOrEqual(ceiling);
      expect(at(1)).toBeGreaterThan(0);
      expect(at(Math.min(a, b))).toBeLessThanOrEqual(at(asked));
    }),
    { numRuns: 2_000 },
  );
});

test('an operator sees what a generation cost, brought and left', () => {
  const books = marginOf(millicredits(7_500), picoUsd(0.3));
  expect(books).toEqual({ revenue: picoUsd(0.375), cost: picoUsd(0.3), margin: picoUsd(0.075) });
  expect(marginOf(millicredits(100), picoUsd(0.05)).margin).toBe(revenueOf(millicredits(100)) - picoUsd(0.05));
});
