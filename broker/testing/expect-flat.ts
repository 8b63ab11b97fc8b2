import { expect } from 'vitest';
import type { WholeBroker } from './whole-broker.ts';

/** What all waves after the first may add to what a broker keeps, in bytes. */
const GROWTH = 5_000_000;

/** Pictures that are drawn meanwhile make the process larger for a while, by pages that it gives back late. */
const LARGER = 1.5;

/** That a broker has kept nothing of what was done to it in waves, by its sizes after each of them. */
export function expectFlat(sizes: readonly Awaited<ReturnType<WholeBroker['memory']>>[]): void {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (!first || !last) throw new Error('nothing was measured');
  expect(last.kept - first.kept, JSON.stringify(sizes)).toBeLessThan(GROWTH);
  expect(last.process / first.process, JSON.stringify(sizes)).toBeLessThan(LARGER);
}
