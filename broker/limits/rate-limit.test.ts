import { afterAll, beforeAll, expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { networkOf } from './network.ts';
import { createRateLimit, describeWait, type RateLimitOptions } from './rate-limit.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
const connections: RedisClient[] = [];

beforeAll(async () => {
  server = await startTestRedis();
});

afterAll(async () => {
  for (const redis of connections) redis.destroy();
  await server?.stop();
});

async function openLimit(options: RateLimitOptions) {
  const redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
  connections.push(redis);
  return { redis, limit: createRateLimit(redis, options) };
}

/** How many of so many tries at once are let through, and what the others are told. */
async function tryAtOnce(tries: number, take: (n: number) => Promise<void>) {
  const outcomes = await Promise.allSettled(Array.from({ length: tries }, (_, n) => take(n)));
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  return { let: tries - refusals.length, refusals };
}

test('all brokers count together, each key by itself, and say how long to wait', async () => {
  const options = { name: 'together', points: 10, seconds: 60 };
  const brokers = [(await openLimit(options)).limit, (await openLimit(options)).limit];
  const asked = await tryAtOnce(40, async (n) => brokers[n % 2]?.take('ada'));
  expect(asked.let).toBe(10);
  for (const refusal of asked.refusals) {
    expect(refusal).toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: expect.any(Number) } });
    expect(refusal.message).toMatch(/^Wait \d+ seconds? and try again\.$/);
  }
  await brokers[0]?.take('ben');
});

test('the window passes', async () => {
  const { limit } = await openLimit({ name: 'window', points: 1, seconds: 1 });
  await limit.take('ada');
  await expect(limit.take('ada')).rejects.toThrow(InkpotError);
  await expect.poll(() => limit.take('ada').then(() => 'let through', String)).toBe('let through');
});

test('case 23: while Redis is away, nobody is let through unless this broker may count by itself', async () => {
  const money = await openLimit({ name: 'money', points: 5, seconds: 60 });
  const reading = await openLimit({ name: 'reading', points: 5, seconds: 60, whenAway: 'count-here' });
  money.redis.destroy();
  reading.redis.destroy();
  const refused = await tryAtOnce(10, () => money.limit.take('ada'));
  expect(refused.let).toBe(0);
  expect(new Set(refused.refusals.map(({ code }) => code))).toEqual(new Set(['broker_busy']));
  const counted = await tryAtOnce(10, () => reading.limit.take('ada'));
  expect(counted.let).toBe(5);
  expect(counted.refusals[0]).toMatchObject({ code: 'rate_limited' });
});

test.each([
  [1, '1 second'],
  [59, '59 seconds'],
  [90, '2 minutes'],
  [900, '15 minutes'],
  [86_400, '24 hours'],
])('%i s are told as %s', (seconds, words) => {
  expect(describeWait(seconds)).toBe(words);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::'],
  ['fe80::1%eth0', 'fe80::'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
