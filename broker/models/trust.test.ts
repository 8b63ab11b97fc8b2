import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createModelTrust, type TrustOutcome } from './trust.ts';

const MINUTE = 60_000;

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

let day = Date.parse('2026-11-01T00:00:00Z');

/** Counts of a day that no other test looks at. */
function counted() {
  day += 3 * 24 * 60 * MINUTE;
  const time = { now: day };
  const open = () => createModelTrust({ redis, logger: pino({ level: 'silent' }), clock: () => time.now });
  const trust = open();
  const end = (times: number, outcome: TrustOutcome, waitMs = 1_000, model = 'lumen') => {
    for (let n = 0; n < times; n += 1) trust.ended(model, outcome, waitMs);
  };
  /** As a broker that has just read the counts says it. */
  async function read(model = 'lumen') {
    // What was sent before on the same connection has been counted when this is answered.
    await redis.ping();
    const reader = open();
    await reader.start();
    reader.stop();
    return reader.of(model);
  }
  return { time, end, read };
}

test('a model is judged by what became of its generations: delivered, refused, given back, and how long it took', async () => {
  const { end, read } = counted();
  end(6, 'delivered', 2_000);
  end(2, 'delivered', 20_000);
  end(1, 'partly', 20_000);
  end(1, 'failed');
  end(2, 'refused');
  const { hour, day: whole } = await read();
  expect(hour).toMatchObject({ ended: 12, successRate: 0.9, refundedShare: 4 / 12 });
  expect(hour?.waitP50Ms).toBeGreaterThan(1_800);
  expect(hour?.waitP50Ms).toBeLessThan(2_200);
  expect(hour?.waitP90Ms).toBeGreaterThan(18_000);
  expect(hour?.waitP90Ms).toBeLessThan(22_000);
  expect(whole).toEqual(hour);
});

test('an hour later only the day still knows, and a day later nobody', async () => {
  const { end, read, time } = counted();
  end(10, 'delivered');
  await read();
  time.now += 65 * MINUTE;
  expect(await read()).toMatchObject({ hour: null, day: { ended: 10 } });
  time.now += 24 * 60 * MINUTE;
  expect(await read()).toEqual({ hour: null, day: null });
});

test('too few endings say nothing, and other models’ endings are their own', async () => {
  const { end, read } = counted();
  end(4, 'failed');
  end(50, 'delivered', 500, 'other');
  expect(await read()).toEqual({ hour: null, day: null });
  expect((await read('other')).hour).toMatchObject({ successRate: 1, refundedShare: 0 });
});

test('a model that refuses everything on what was asked for has no success rate, and no wait', async () => {
  const { end, read } = counted();
  end(5, 'refused');
  expect((await read()).hour).toEqual({
    ended: 5,
    successRate: null,
    refundedShare: 1,
    waitP50Ms: null,
    waitP90Ms: null,
  });
});
