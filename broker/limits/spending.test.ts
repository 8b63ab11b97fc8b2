import { afterAll, beforeAll, expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createSpending } from './spending.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let redis: RedisClient;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
});

afterAll(async () => {
  redis?.destroy();
  await server?.stop();
});

const DOLLAR = 1_000_000;
let day = Date.parse('2026-11-22T00:00:00Z');

/** A breaker on a day of its own, so that tests share no window, not even the next. */
function aBreaker(most: { perMinute: number; perDay: number }, connection = redis) {
  day += 2 * 86_400_000;
  const time = { now: day + 30_000 };
  const called: { about: string; what: string }[] = [];
  const alarms = { raise: async (alarm: { about: string; what: string }) => void called.push(alarm) };
  const open = () => createSpending({ redis: connection, most, alarms, clock: () => time.now });
  return { time, called, open, spending: open() };
}

test('over a minute’s spend new work is refused in words, until the minute has passed', async () => {
  const { spending, time } = aBreaker({ perMinute: 1, perDay: 100 });
  await spending.reserve(0.6 * DOLLAR);
  const refusal: unknown = await spending.reserve(0.5 * DOLLAR).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'spending_paused', details: { retryAfterSeconds: 30 } });
  expect((refusal as InkpotError).message).toMatch(/Nothing was charged. Try again in 30 seconds\.$/);
  await spending.reserve(0.4 * DOLLAR);
  time.now += 30_000;
  await spending.reserve(1 * DOLLAR);
});

test('over a day’s spend it is refused until midnight, whatever the minutes have left', async () => {
  const { spending, time } = aBreaker({ perMinute: 1, perDay: 2 });
  for (const _ of [1, 2]) {
    await spending.reserve(1 * DOLLAR);
    time.now += 60_000;
  }
  await expect(spending.reserve(1)).rejects.toMatchObject({
    code: 'spending_paused',
    details: { retryAfterSeconds: 86_400 - 150 },
  });
  time.now = day + 86_400_000;
  await spending.reserve(1 * DOLLAR);
});

test('what is given back may be spent again, in the window that it came from and in no other', async () => {
  const { spending, time } = aBreaker({ perMinute: 1, perDay: 100 });
  const spend = await spending.reserve(1 * DOLLAR);
  await spending.giveBack(spend);
  const again = await spending.reserve(1 * DOLLAR);
  time.now += 60_000;
  await spending.giveBack(again);
  await spending.reserve(1 * DOLLAR);
  await expect(spending.reserve(1)).rejects.toThrow(InkpotError);
});

test('all brokers count together: of 40 at once on a limit for 10, exactly 10 are let through', async () => {
  const { open } = aBreaker({ perMinute: 1, perDay: 100 });
  const brokers = [open(), open()];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, async (_, n) => brokers[n % 2]?.reserve(0.1 * DOLLAR)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});

test('the operator is called once per window, with what is the matter', async () => {
  const { spending, time, called } = aBreaker({ perMinute: 1, perDay: 100 });
  for (const _ of [1, 2, 3]) await spending.reserve(2 * DOLLAR).catch(() => undefined);
  expect(called).toEqual([
    { kind: 'provider_spend', about: 'minute', what: expect.stringContaining('$1 in this minute, the most that') },
  ]);
  time.now += 60_000;
  await spending.reserve(2 * DOLLAR).catch(() => undefined);
  expect(called).toHaveLength(2);
});

test('case 23: while it cannot be counted, nothing is spent', async () => {
  const gone = await connectRedis({ url: server.url, name: 'test', logger: quiet });
  const { spending, called } = aBreaker({ perMinute: 1, perDay: 100 }, gone);
  gone.destroy();
  await expect(spending.reserve(1)).rejects.toMatchObject({ code: 'broker_busy' });
  expect(called).toEqual([]);
});
