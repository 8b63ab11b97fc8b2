import { expect, test } from 'vitest';
import { mend } from './number-input.tsx';

test('a number is moved to the nearest that is allowed', () => {
  expect(mend(1000, 256, 2048, 16)).toBe(1008);
  expect(mend(5, 256, 2048, 16)).toBe(256);
  expect(mend(9999, 256, 2050, 16)).toBe(2048);
  expect(mend(257, 250, 2048, 16)).toBe(256);
});
