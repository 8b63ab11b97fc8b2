import { expect, test } from 'vitest';
import { atEase } from './at-ease.ts';

test('a rest is as many times as long as the work before it', async () => {
  const rest = atEase(4, new AbortController().signal);
  const begun = performance.now();
  while (performance.now() - begun < 5);
  const worked = performance.now();
  await rest();
  // A timer leaves out what is less than a millisecond, and may be early by as much again.
  expect(performance.now() - worked).toBeGreaterThan(4 * (worked - begun) - 2);
});

test('nobody who wants to stop waits for a rest', async () => {
  const stopping = new AbortController();
  const rest = atEase(1e8, stopping.signal);
  const resting = rest();
  stopping.abort();
  await resting;
  await rest();
});
