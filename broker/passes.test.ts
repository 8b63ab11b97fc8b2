import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPasses } from './passes.ts';

beforeEach(() => void vi.useFakeTimers());
// Other files' tests run in this process too.
afterEach(() => void vi.useRealTimers());

/** Passes whose end the test decides. */
function slowPasses() {
  const ends: PromiseWithResolvers<void>[] = [];
  const logged: string[] = [];
  const passes = createPasses({
    everyMs: 1_000,
    pass: () => {
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    },
    failure: 'no pass',
    logger: pino({}, { write: (line) => void logged.push((JSON.parse(line) as { msg: string }).msg) }),
  });
  return { passes, ends, logged };
}

test('a pass that takes long is the only one, and is waited for at the end', async () => {
  const { passes, ends } = slowPasses();
  passes.start();
  await vi.advanceTimersByTimeAsync(3_500);
  expect(ends).toHaveLength(1);
  let stopped = false;
  const stop = passes.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(3_500);
  expect(stopped).toBe(false);
  ends[0]?.resolve();
  await stop;
  await vi.advanceTimersByTimeAsync(3_500);
  expect(ends).toHaveLength(1);
});

test('after one that failed, which the log tells, the next one comes in its time', async () => {
  const { passes, ends, logged } = slowPasses();
  passes.start();
  ends[0]?.reject(new Error('Redis is away'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(logged).toEqual(['no pass']);
  expect(ends).toHaveLength(2);
});
