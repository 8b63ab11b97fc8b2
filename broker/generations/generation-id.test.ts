import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { generationIdIn, newSuffix, poolOfGeneration } from './generation-id.ts';

const pool = ulid().toLowerCase();

test('a generation’s id names its pool and sorts by time', () => {
  const first = generationIdIn(pool, newSuffix(1_000));
  const second = generationIdIn(pool, newSuffix(2_000));
  expect(poolOfGeneration(first)).toBe(pool);
  expect(first < second).toBe(true);
});

test.each(['', 'x', pool, `${pool}-`, `-${pool}`, `${pool}-${pool}-${pool}`, `${pool}-{x}`, '__proto__-constructor'])(
  '%j is not the id of a generation',
  (id) => {
    expect(poolOfGeneration(id)).toBeNull();
  },
);
