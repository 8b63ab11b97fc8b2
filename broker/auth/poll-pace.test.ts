import { expect, it } from 'vitest';
import { createPollPace } from './poll-pace.ts';
import { startTestRedis } from './test-site.ts';

const redis = await startTestRedis();

/** The mark of the last poll, and how long it still holds polls off, in ms. */
async function lastPoll() {
  const [key = ''] = await redis.keys('oidc:poll:*');
  return { key, ms: await redis.pTTL(key) };
}

it('adds 5 s to the interval with every poll that comes too soon', async () => {
  const pace = createPollPace(redis, 5);
  expect(await pace.isInTime('code')).toBe(true);
  const first = await lastPoll();
  expect(first.ms).toBeGreaterThan(4_000);
  expect(first.ms).toBeLessThanOrEqual(5_000);

  expect(await pace.isInTime('code')).toBe(false);
  await redis.del(first.key);
  expect(await pace.isInTime('code')).toBe(true);
  expect((await lastPoll()).ms).toBeGreaterThan(9_000);
});

it('keeps each device code to its own pace', async () => {
  const pace = createPollPace(redis, 5);
  expect(await pace.isInTime('one')).toBe(true);
  expect(await pace.isInTime('another')).toBe(true);
});
