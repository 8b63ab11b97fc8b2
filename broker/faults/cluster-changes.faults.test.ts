import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { fundedPool } from '../ledger/test-ledger.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { startTestCluster, type TestCluster, type TestNode } from '../redis/test-cluster.ts';
import { quiet } from '../redis/test-redis.ts';
import { call } from './call.ts';
import { checkHistory } from './check-history.ts';
import type { Call, Operation } from './history.ts';

/** In which a pool may be without a server after a change that its operator asked for, in ms. */
const FIRST_SUCCESS = 10_000;

/** Pools on the server that is changed, callers of each, and brokers between which they choose. */
const [POOLS, CALLERS, BROKERS] = [4, 3, 2];

type Pool = Awaited<ReturnType<typeof fundedPool>>;

let cluster: TestCluster;
const brokers: RedisClient[] = [];
let ledger: Ledger;
beforeAll(async () => {
  cluster = await startTestCluster();
  for (let n = 0; n < BROKERS; n++) {
    brokers.push(await connectRedis({ url: cluster.url, name: `broker-${n}`, logger: quiet }));
  }
  ledger = createLedger(broker(0));
});
afterAll(async () => {
  for (const redis of brokers) redis.destroy();
  await cluster?.stop();
});

test('a replica that is told to take over under load loses nothing and doubles nothing', async () => {
  const [master, replica] = [nodeAt(cluster.masters, 0), nodeAt(cluster.replicas, 0)];
  const pools = await poolsOn(master);
  await throughout(pools, async () => {
    await takeOver(replica);
  });
}, 90_000);

test('slots that move to another server under load lose nothing and double nothing', async () => {
  const [from, to] = [nodeAt(cluster.masters, 1), nodeAt(cluster.masters, 2)];
  const pools = await poolsOn(from);
  await throughout(pools, async () => {
    for (const { poolId } of pools) await moveSlot(await slotOf(from, poolId), from, to);
  });
  for (const { poolId } of pools) {
    expect(await to.command('HEXISTS', poolKeys(poolId).pool, 'seq'), 'it is there now').toBe(1);
  }
}, 90_000);

/**
 * Has callers go on with all pools while something is changed, and after it until each pool has answered again, and
 * checks what they were told.
 */
async function throughout(pools: readonly Pool[], change: () => Promise<void>): Promise<void> {
  const calls = new Map<Pool['poolId'], Call[]>();
  for (const pool of pools) {
    calls.set(pool.poolId, [await call(ledger, pool, { kind: 'topup', id: 'pi', amount: 1_000_000 })]);
  }
  let going = true;
  const callers = pools.flatMap((pool) =>
    Array.from({ length: CALLERS }, async (_, caller) => {
      const own = createLedger(broker(caller % BROKERS));
      for (const operation of wishes(caller)) {
        if (!going) return;
        calls.get(pool.poolId)?.push(await call(own, pool, operation));
      }
    }),
  );
  const succeeded = (poolId: Pool['poolId'], since: number) =>
    calls.get(poolId)?.some(({ invoked, answer }) => invoked > since && answer?.code === 'OK') === true;
  const all = (since: number) => pools.every(({ poolId }) => succeeded(poolId, since));
  try {
    await expect.poll(() => all(0)).toBe(true);
    await change();
    const changed = performance.now();
    await expect.poll(() => all(changed), { timeout: FIRST_SUCCESS }).toBe(true);
    await sleep(500);
  } finally {
    going = false;
    await Promise.all(callers);
  }
  for (const { poolId } of pools) {
    const log = (await ledger.listEntries(poolId, { limit: 100_000 })).toReversed();
    expect(checkHistory(calls.get(poolId) ?? [], log)).toEqual([]);
    expect(await auditPool(broker(0), poolId)).toEqual([]);
  }
}

/** Each caller holds and settles its own; what was not answered is asked for once more, under its id. */
function* wishes(caller: number): Generator<Operation> {
  for (let n = 0; ; n++) {
    const id = `g_${caller}_${n}`;
    const hold = { kind: 'hold', id, amount: 1 + (n % 5) } as const;
    yield hold;
    if (n % 3 === 0) yield hold;
    yield n % 4 === 0 ? { kind: 'release', id } : { kind: 'capture', id, amount: 1 };
    if (n % 5 === 0) yield { kind: 'topup', id: `pi_${caller}_${n}`, amount: 5 };
    if (n % 7 === 0) yield { kind: 'read' };
  }
}

/** Moves a slot as `redis-cli --cluster reshard` does, a few keys at a time (redis.io/docs, "Live resharding"). */
async function moveSlot(slot: string, from: TestNode, to: TestNode): Promise<void> {
  const [source, target] = [String(await from.command('CLUSTER', 'MYID')), String(await to.command('CLUSTER', 'MYID'))];
  await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
  await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
  for (;;) {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, '3')) as string[];
    if (keys.length === 0) break;
    await from.command('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
    await sleep(20);
  }
  for (const node of [to, from, ...cluster.masters, ...cluster.replicas]) {
    if (await isMaster(node)) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', target);
  }
}

/** A server gives up a takeover that is not done in 5 s, as on a busy machine: then it is told again. */
async function takeOver(replica: TestNode): Promise<void> {
  const isDone = async () => {
    if (!(await isMaster(replica))) await replica.command('CLUSTER', 'FAILOVER');
    return isMaster(replica);
  };
  await expect.poll(isDone, { timeout: 40_000, interval: 6_000 }).toBe(true);
}

async function isMaster(node: TestNode): Promise<boolean> {
  return String(await node.command('ROLE')).startsWith('master');
}

/** Pools whose keys are on this server. */
async function poolsOn(node: TestNode): Promise<Pool[]> {
  const pools: Pool[] = [];
  while (pools.length < POOLS) {
    const pool = await fundedPool(ledger);
    if ((await ledger.readPool(pool.poolId)) && (await isOn(node, pool.poolId))) pools.push(pool);
  }
  return pools;
}

async function isOn(node: TestNode, poolId: string): Promise<boolean> {
  return ((await node.command('CLUSTER', 'COUNTKEYSINSLOT', await slotOf(node, poolId))) as number) > 0;
}

async function slotOf(node: TestNode, poolId: string): Promise<string> {
  return String(await node.command('CLUSTER', 'KEYSLOT', poolKeys(poolId).pool));
}

function nodeAt(nodes: readonly TestNode[], place: number): TestNode {
  const node = nodes[place];
  if (!node) throw new Error('the cluster has no such server');
  return node;
}

function broker(place: number): RedisClient {
  const redis = brokers[place];
  if (!redis) throw new Error('there is no such broker');
  return redis;
}
