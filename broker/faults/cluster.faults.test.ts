import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../shared/api/generations.ts';
import { InkpotError } from '../../shared/errors.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { aHold, fundedPool } from '../ledger/test-ledger.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { startTestCluster, type TestCluster } from '../redis/test-cluster.ts';
import { quiet } from '../redis/test-redis.ts';
import { startTestBroker } from '../testing/test-broker.ts';

/** In which a master may be lost without anybody waiting longer, in ms. */
const FIRST_SUCCESS = 10_000;

const CALLERS = 12;

let cluster: TestCluster;
let redis: RedisClient;
let ledger: Ledger;
beforeAll(async () => {
  cluster = await startTestCluster();
  redis = await connectRedis({ url: cluster.url, name: 'test', logger: quiet });
  ledger = createLedger(redis);
});
afterAll(async () => {
  redis?.destroy();
  await cluster?.stop();
});

test('a broker with its ledger on a cluster and its queues beside it makes pictures, and keeps books that agree', async () => {
  const broker = await startTestBroker({ REDIS_URL: cluster.url });
  try {
    const people = await Promise.all([broker.person(10), broker.person(10), broker.person(10)]);
    const size = { kind: 'pixels', width: 256, height: 256 } as const;
    for (const person of people) {
      const { generation } = await person.generate('sketch', { prompt: 'waves', size, count: 1 });
      await expect.poll(async () => isFinal((await person.read(generation.id)).generation.state)).toBe(true);
      const ended = await person.read(generation.id);
      expect(ended.generation).toMatchObject({ state: 'succeeded', charged: generation.ceiling });
      expect(ended.balance.available).toBe(10_000 - generation.ceiling);
      expect(await auditPool(redis, person.poolId)).toEqual([]);
    }
  } finally {
    await broker.stop();
  }
}, 60_000);

test('a hold that no replica has is not acknowledged, on any connection', async () => {
  const { pool, replica } = await poolOn(0);
  const command = aHold(pool, 1);
  const other = await connectRedis({ url: cluster.url, name: 'other', logger: quiet });
  replica.kill('SIGSTOP');
  try {
    const answers = await Promise.allSettled([ledger.hold(command), createLedger(other).hold(command)]);
    const busy = { status: 'rejected', reason: { code: 'broker_busy' } };
    expect(answers).toMatchObject([busy, busy]);
  } finally {
    replica.kill('SIGCONT');
  }
  expect(await ledger.hold(command)).toMatchObject({ code: 'REPLAY', balance: { held: 1, openHolds: 1 } });
  other.destroy();
}, 60_000);

test('a master killed under load while its replica lags loses no hold that was acknowledged', async () => {
  const { pool, master, replica } = await poolOn(0);
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
  replica.kill('SIGSTOP');
  // The master has what nobody was told of.
  const written = async () => Number(await master.command('HGET', poolKeys(pool.poolId).pool, 'open'));
  await expect.poll(async () => (await written()) - acknowledged.length).toBeGreaterThan(0);
  master.process.kill('SIGKILL');
  replica.kill('SIGCONT');
  const lost = performance.now();

  const firstSuccess = () => acknowledged.find(({ at }) => at > lost)?.at ?? Number.POSITIVE_INFINITY;
  await expect.poll(() => firstSuccess() - lost, { timeout: 2 * FIRST_SUCCESS }).toBeLessThan(FIRST_SUCCESS);
  going = false;
  await Promise.all(callers);

  const records = await Promise.all(acknowledged.map(({ id }) => ledger.readGeneration(pool.poolId, id)));
  expect(records.filter((record) => record?.hold !== 'held')).toEqual([]);
  expect(unsure).toBeGreaterThan(0);
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
}, 90_000);

test('a master that hangs with its connections open is left for its successor', async () => {
  const { pool, master } = await poolOn(1);
  master.process.kill('SIGSTOP');
  try {
    const hold = () => ledger.hold(aHold(pool, 1)).then(({ code }) => code, String);
    await expect.poll(hold, { timeout: 3 * FIRST_SUCCESS }).toBe('OK');
  } finally {
    master.process.kill('SIGCONT');
  }
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
}, 90_000);

/** A pool with credits whose keys are on this master, and that master's replica. */
async function poolOn(place: number) {
  const [master, replica] = [cluster.masters[place], cluster.replicas[place]];
  if (!master || !replica) throw new Error('the cluster has no servers');
  const nodes = String(await master.command('CLUSTER', 'NODES'));
  const [from = 0, to = 0] = /myself,master.* (\d+)-(\d+)/.exec(nodes)?.slice(1).map(Number) ?? [];
  for (;;) {
    const pool = await fundedPool(ledger, { paid: 1_000_000 });
    const slot = Number(await master.command('CLUSTER', 'KEYSLOT', poolKeys(pool.poolId).pool));
    if (slot >= from && slot <= to) return { pool, master, replica: replica.process };
  }
}
