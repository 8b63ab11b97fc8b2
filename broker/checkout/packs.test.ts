import { expect, test } from 'vitest';
import { MILLICREDITS_PER_CREDIT, USD_PER_CREDIT } from '../../shared/credits.ts';
import { findPack, formatPrice, PACKS, packName } from './packs.ts';

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
  expect(formatPrice(1_250)).toBe('$12.50');
});

test('a pack that is not sold is not found', () => {
  expect(findPack('credits-1')).toBeUndefined();
  expect(findPack('toString')).toBeUndefined();
});
