import { expect, test } from 'vitest';
import { MILLICREDITS_PER_CREDIT, USD_PER_CREDIT } from '../../shared/credits.ts';
import { customPack, findPack, formatPrice, PACKS, packName } from './packs.ts';

test('every pack costs exactly the public price of its credits', () => {
  for (const pack of PACKS) {
    expect(pack.cents).toBe(Math.round((pack.credits / MILLICREDITS_PER_CREDIT) * USD_PER_CREDIT * 100));
  }
});

test('the smallest pack is $10 for 200 credits', () => {
  expect(packName(PACKS[0])).toBe('200 credits, $10');
});

test('large packs and odd cents are printed as people read them', () => {
  expect(PACKS.map(packName)).toEqual([
    '200 credits, $10',
    '500 credits, $25',
    '1,000 credits, $50',
    '2,000 credits, $100',
  ]);
  expect([1_250, 200_000, 123_456].map(formatPrice)).toEqual(['$12.50', '$2,000', '$1,234.56']);
});

test('a pack that is not sold is not found', () => {
  expect(findPack('credits-1')).toBeUndefined();
  expect(findPack('toString')).toBeUndefined();
});

test.each([
  ['5', 500],
  ['$12.50', 1_250],
  [' 12.5 ', 1_250],
  ['1,250', 125_000],
  ['2000', 200_000],
])('the amount %o is sold, at the public price to the millicredit', (typed, cents) => {
  const pack = customPack(typed);
  expect(pack).toMatchObject({ id: 'custom', cents });
  expect(pack?.credits).toBe(Math.round((cents / 100 / USD_PER_CREDIT) * MILLICREDITS_PER_CREDIT));
});

test.each(['', '4.99', '2000.01', '-10', '1e3', '10,5', '1,00', 'ten', '10.123', '0x10', '10 20', 'Infinity'])(
  'the amount %o is not sold',
  (typed) => expect(customPack(typed)).toBeUndefined(),
);
