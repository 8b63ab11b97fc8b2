import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { type FaultyProxy, startFaultyProxy } from '../redis/test-proxy.ts';
import { quiet } from '../redis/test-redis.ts';
import { auditPool } from './audit-pool.ts';
import { createLedger, type Ledger } from './index.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const direct = await startTestLedger();
let proxy: FaultyProxy;
let redis: RedisClient;
let ledger: Ledger;

beforeAll(async () => {
  proxy = await startFaultyProxy(direct.url);
  redis = await connectRedis({ url: proxy.url, name: 'faulty', logger: quiet });
  ledger = createLedger(redis);
});
beforeEach(async () => {
  proxy.set({ requests: 'pass', replies: 'pass' });
  await expect.poll(() => redis.isReady, { timeout: 8_000 }).toBe(true);
});
afterAll(async () => {
  redis.destroy();
  await proxy.close();
});

test('a server that does not answer is told of within 5 s as broker_busy, and nothing is carried out afterwards', async () => {
  const pool = await fundedPool(direct.ledger, { paid: 1_000 });
  proxy.set({ requests: 'swallow', replies: 'swallow' });
  const start = performance.now();
  await expect(ledger.hold(aHold(pool, 100))).rejects.toMatchObject({ code: 'broker_busy' });
  const took = performance.now() - start;
  expect(took).toBeGreaterThan(1_900);
  expect(took).toBeLessThan(5_000);

  proxy.set({ requests: 'pass', replies: 'pass' });
  await expect.poll(() => redis.isReady, { timeout: 8_000 }).toBe(true);
  await ledger.readPool(pool.poolId);
  expect(await direct.ledger.readPool(pool.poolId)).toMatchObject({ held: 0, openHolds: 0 });
});

test('a hold whose reply was lost is found, not made again', async () => {
  const pool = await fundedPool(direct.ledger, { paid: 1_000 });
  // The server knows the script, or the lost reply would be that it does not.
  await direct.ledger.hold(aHold(await fundedPool(direct.ledger, { paid: 1 }), 1));
  proxy.set({ requests: 'pass', replies: 'swallow' });
  const answer = ledger.hold(aHold(pool, 100));
  await expect.poll(async () => (await direct.ledger.readPool(pool.poolId))?.held).toBe(100);
  proxy.set({ requests: 'pass', replies: 'pass' });
  proxy.cut();

  expect(await answer).toMatchObject({ code: 'REPLAY', balance: { held: 100, openHolds: 1 } });
  expect(await auditPool(direct.redis, pool.poolId)).toEqual([]);
});

test('a request that arrives after its caller has given up and repeated it changes nothing more', async () => {
  const pool = await fundedPool(direct.ledger, { paid: 1_000 });
  const command = aHold(pool, 100);
  proxy.set({ requests: 'keep', replies: 'pass' });
  await expect(ledger.hold(command)).rejects.toMatchObject({ code: 'broker_busy' });
  const repeated = await direct.ledger.hold(command);
  const released = {
    ...pool,
    generationId: command.generationId,
    state: 'failed',
    reason: 'timeout',
    actor: 'w',
  } as const;
  await direct.ledger.release(released);

  proxy.set({ requests: 'pass', replies: 'pass' });
  await expect.poll(() => redis.isReady, { timeout: 8_000 }).toBe(true);
  await ledger.readPool(pool.poolId);

  expect(repeated.code).toBe('OK');
  expect(await direct.ledger.readPool(pool.poolId)).toMatchObject({ paid: 1_000, held: 0, seq: 4 });
  expect(await auditPool(direct.redis, pool.poolId)).toEqual([]);
});
