import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtInModels, findModel } from '../../shared/catalogue/catalogue.ts';
import { picoUsd } from '../../shared/catalogue/pico-usd.ts';
import { costOf } from './reported-cost.ts';

const GPT = findModel(builtInModels(), 'gpt-image-2')?.price.tokens;

test('credits: three of Black Forest Labs’ are three cents, 35 of Recraft’s three and a half', () => {
  expect(costOf({ kind: 'credits', credits: 3, usdPerCredit: 0.01 })).toBe(picoUsd(0.03));
  expect(costOf({ kind: 'credits', credits: 35, usdPerCredit: 0.001 })).toBe(picoUsd(0.035));
});

test('units and their price: 1.05 megapixels at $0.025', () => {
  expect(costOf({ kind: 'units', units: 1.05, usdPerUnit: 0.025 })).toBe(26_250_000_000);
  expect(costOf({ kind: 'units', units: 0.1, usdPerUnit: 0.3 })).toBe(picoUsd(0.03));
});

test('dollars', () => {
  expect(costOf({ kind: 'usd', usd: 0.1 + 0.2 })).toBe(picoUsd(0.3));
});

test('tokens: the recorded answer of GPT Image 2 at medium quality', () => {
  const used = { kind: 'tokens', textIn: 41, imageIn: 0, textOut: 0, imageOut: 1_756 } as const;
  expect(costOf(used, GPT)).toBe(picoUsd(0.052885));
});

test('tokens without a known rate cannot be priced, unless there are none', () => {
  const used = { kind: 'tokens', textIn: 41, imageIn: 0, textOut: 7, imageOut: 1_756 } as const;
  expect(costOf(used, GPT)).toBeNull();
  expect(costOf({ ...used, textOut: 0 })).toBeNull();
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e12])('%d is no amount', (amount) => {
  expect(costOf({ kind: 'usd', usd: amount })).toBeNull();
  expect(costOf({ kind: 'units', units: amount, usdPerUnit: 1 })).toBeNull();
});

test('no floating point error ever adds or loses a picodollar on decimals that providers write', () => {
  const thousandths = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(thousandths, thousandths, (units, price) => {
      const cost = costOf({ kind: 'units', units: units / 1_000, usdPerUnit: price / 1_000_000 });
      expect(cost).toBe(units * price * 1_000);
    }),
  );
});
