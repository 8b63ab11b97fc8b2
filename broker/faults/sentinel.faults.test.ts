import { afterAll, beforeAll, expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { aHold, fundedPool } from '../ledger/test-ledger.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { checkRedisForMoney } from '../redis/guard.ts';
import { quiet } from '../redis/test-redis.ts';
import { openSentinelHouse, type SentinelHouse } from './sentinel-house.ts';

/** In which a master may be lost without anybody waiting longer, in ms. */
const FIRST_SUCCESS = 10_000;

const CALLERS = 12;

let house: SentinelHouse;
let redis: RedisClient;
let ledger: Ledger;
beforeAll(async () => {
  house = await openSentinelHouse();
  redis = await connectRedis({ url: house.url, name: 'test', logger: quiet });
  ledger = createLedger(redis);
});
afterAll(async () => {
  redis?.destroy();
  await house?.stop();
});

test('the master that the sentinels name passes the start-up guard', async () => {
  expect(await checkRedisForMoney(redis, { durability: 'always', isDevelopment: false })).toMatchObject({
    warnings: [],
  });
});

test('a hold that the replica has not is not acknowledged, with sentinels and without', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  const command = aHold(pool, 1);
  const plain = await connectRedis({ url: `redis://127.0.0.1:${house.master.port}`, name: 'plain', logger: quiet });
  house.replica.process.kill('SIGSTOP');
  try {
    const answers = await Promise.allSettled([ledger.hold(command), createLedger(plain).hold(command)]);
    const busy = { status: 'rejected', reason: { code: 'broker_busy' } };
    expect(answers).toMatchObject([busy, busy]);
  } finally {
    house.replica.process.kill('SIGCONT');
    plain.destroy();
  }
  const again = () => ledger.hold(command).catch(() => null);
  await expect.poll(again).toMatchObject({ code: 'REPLAY', balance: { held: 1, openHolds: 1 } });
}, 60_000);

test('a master killed under load while its replica lags loses no hold that was acknowledged', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000_000 });
  const acknowledged: { id: string; at: number }[] = [];
  let unsure = 0;
  let going = true;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (going) {
      const command = aHold(pool, 1, { maxOpenHolds: 1_000_000, maxMemberHolds: 1_000_000 });
      try {
        await ledger.hold(command);
        acknowledged.push({ id: command.generationId, at: performance.now() });
      } catch (error) {
        if (!(error instanceof InkpotError) || error.code !== 'broker_busy') throw error;
        unsure += 1;
      }
    }
  });
  await expect.poll(() => acknowledged.length).toBeGreaterThan(300);
  house.replica.process.kill('SIGSTOP');
  // The master has what nobody was told of.
  const written = async () => Number(await house.master.command('HGET', poolKeys(pool.poolId).pool, 'open'));
  await expect.poll(async () => (await written()) - acknowledged.length).toBeGreaterThan(0);
  house.master.process.kill('SIGKILL');
  house.replica.process.kill('SIGCONT');
  const lost = performance.now();

  await expect.poll(() => house.watchedPort(), { timeout: 2 * FIRST_SUCCESS }).toBe(house.replica.port);
  const firstSuccess = () => acknowledged.find(({ at }) => at > lost)?.at ?? Number.POSITIVE_INFINITY;
  // Its successor has no replica but the one that was lost, which may come back: until the operator takes it out,
  // nothing is acknowledged.
  expect(firstSuccess()).toBe(Number.POSITIVE_INFINITY);
  await house.forgetTheLost();
  const forgotten = performance.now();
  await expect.poll(() => firstSuccess() - forgotten, { timeout: 2 * FIRST_SUCCESS }).toBeLessThan(FIRST_SUCCESS);
  going = false;
  await Promise.all(callers);

  const records = await Promise.all(acknowledged.map(({ id }) => ledger.readGeneration(pool.poolId, id)));
  expect(records.filter((record) => record?.hold !== 'held')).toEqual([]);
  expect(unsure).toBeGreaterThan(0);
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
}, 120_000);
