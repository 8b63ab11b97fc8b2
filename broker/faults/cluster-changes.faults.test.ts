import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { fundedPool } from '../ledger/test-ledger.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { startTestCluster, type TestCluster, type TestNode } from '../redis/test-cluster.ts';
import { quiet } from '../redis/test-redis.ts';
import { durably } from '../redis/topology.ts';
import { call } from './call.ts';
import { checkHistory } from './check-history.ts';
import type { Call, Operation } from './history.ts';
import { beginMove, endMove, moveKeys, takeOver } from './reshard.ts';

/** For how long a pool may take no hold because of a change that its operator asked for, in ms. */
const LONGEST_SILENCE = 10_000;

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
  ledger = createLedger(at(brokers, 0));
});
afterAll(async () => {
  for (const redis of brokers) redis.destroy();
  await cluster?.stop();
});

test('a replica that is told to take over under load loses nothing and doubles nothing', async () => {
  const [master, replica] = [at(cluster.masters, 0), at(cluster.replicas, 0)];
  await throughout(await poolsOn(master), () => takeOver(replica));
}, 90_000);

test('slots that move to another server under load lose nothing and double nothing', async () => {
  const [from, to] = [at(cluster.masters, 1), at(cluster.masters, 2)];
  const pools = await poolsOn(from);
  await throughout(pools, async () => {
    for (const { poolId } of pools) {
      const move = { slot: await slotOf(poolId), from, to };
      const [triedAgain, asked, moved] = [
        await refusals(from, 'TRYAGAIN'),
        await refusals(from, 'ASK'),
        await refusals(from, 'MOVED'),
      ];
      await beginMove(move);
      await triedAgain();
      await moveKeys(move);
      await asked();
      await endMove(cluster, move);
      await moved();
    }
  });
  for (const { poolId } of pools) {
    expect(await to.command('HEXISTS', poolKeys(poolId).pool, 'seq'), 'it is there now').toBe(1);
  }
}, 90_000);

test('a capture with keys that are on their way is not acknowledged before the replica of their new server has it', async () => {
  const [from, to, replica] = [at(cluster.masters, 1), at(cluster.masters, 2), at(cluster.replicas, 2)];
  const [pool] = await poolsOn(from);
  if (!pool) throw new Error('there is no pool');
  await call(ledger, pool, { kind: 'topup', id: 'pi', amount: 10 });
  for (const id of ['g_1', 'g_2']) await call(ledger, pool, { kind: 'hold', id, amount: 5 });
  const move = { slot: await slotOf(pool.poolId), from, to };
  await beginMove(move);
  await moveKeys(move);
  replica.process.kill('SIGSTOP');
  try {
    expect(await call(ledger, pool, { kind: 'capture', id: 'g_1', amount: 1 })).toMatchObject({ answer: null });
  } finally {
    replica.process.kill('SIGCONT');
  }
  await endMove(cluster, move);
  expect(await call(ledger, pool, { kind: 'capture', id: 'g_1', amount: 1 })).toMatchObject({
    answer: { funds: { spent: 1 } },
  });
  expect(await auditPool(at(brokers, 0), pool.poolId)).toEqual([]);
}, 60_000);

test('whether a server had a replica is unknown when it has become one itself', async () => {
  const [master, replica] = [at(cluster.masters, 1), at(cluster.replicas, 1)];
  const [pool] = await poolsOn(master);
  await takeOver(replica);
  await expect.poll(() => master.command('ROLE')).toContain('slave');
  // As when it was asked for something just before that, and answered.
  const answered = () => durably(at(brokers, 0), poolKeys(pool?.poolId ?? '').pool, async () => 'done');
  await expect(repeatUntilKnown(answered)).rejects.toMatchObject({ code: 'broker_busy' });
}, 60_000);

test('a replica that lags and takes over without its master under load loses nothing and doubles nothing', async () => {
  const [master, replica] = [at(cluster.masters, 2), at(cluster.replicas, 2)];
  const change = async () => {
    replica.process.kill('SIGSTOP');
    await sleep(200);
    replica.process.kill('SIGCONT');
    await takeOver(replica, 'TAKEOVER');
  };
  // A balance that is only read waits for no replica: it may show what is taken back, as nobody was told that it holds.
  await throughout(await poolsOn(master), change, ({ kind }) => kind !== 'read');
}, 90_000);

/**
 * Has callers go on with all pools while something is changed, and after it until each pool has taken holds again, and
 * checks what they were told.
 */
async function throughout(
  pools: readonly Pool[],
  change: () => Promise<void>,
  isAsked: (operation: Operation) => boolean = () => true,
): Promise<void> {
  const runs = pools.map((pool) => ({ pool, calls: [] as Call[] }));
  let going = true;
  const callers = runs.flatMap(({ pool, calls }) =>
    Array.from({ length: CALLERS }, async (_, caller) => {
      const own = createLedger(at(brokers, caller % BROKERS));
      for (const operation of wishes(caller)) {
        if (!isAsked(operation)) continue;
        // What was not answered is asked for again, under its id.
        for (let answer: Call['answer'] = null; !answer; ) {
          if (!going) return;
          const made = await call(own, pool, operation);
          calls.push(made);
          answer = made.answer;
        }
      }
    }),
  );
  const haveHeld = (since: number) => runs.every(({ calls }) => holdsSince(calls, since).length > 30);
  const begun = performance.now();
  const changing = async () => {
    await expect.poll(() => haveHeld(begun)).toBe(true);
    await change();
    const changed = performance.now();
    await expect.poll(() => haveHeld(changed), { timeout: 2 * LONGEST_SILENCE }).toBe(true);
    going = false;
  };
  try {
    await Promise.all([changing(), ...callers]);
  } finally {
    going = false;
  }
  for (const { pool, calls } of runs) {
    const log = (await ledger.listEntries(pool.poolId, { limit: 100_000 })).toReversed();
    expect(checkHistory(calls, log)).toEqual([]);
    expect(await auditPool(at(brokers, 0), pool.poolId)).toEqual([]);
    expect(longestSilence(holdsSince(calls, begun))).toBeLessThan(LONGEST_SILENCE);
  }
}

/** The first buys what all spend; each holds and settles its own. */
function* wishes(caller: number): Generator<Operation> {
  if (caller === 0) yield { kind: 'topup', id: 'pi', amount: 1_000_000 };
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

/** When holds that were asked for after `since` were acknowledged. */
function holdsSince(calls: readonly Call[], since: number): number[] {
  const taken = calls.filter(
    ({ operation, invoked, answer }) => operation.kind === 'hold' && invoked > since && answer?.code === 'OK',
  );
  return taken.map(({ ended }) => ended).sort((a, b) => a - b);
}

function longestSilence(times: readonly number[]): number {
  return Math.max(...times.map((time, index) => time - (times[index - 1] ?? time)));
}

/** @returns resolves when a server has answered so once more than until now. */
async function refusals(node: TestNode, word: string): Promise<() => Promise<void>> {
  const count = async () => {
    const info = String(await node.command('INFO', 'errorstats'));
    return Number(new RegExp(`errorstat_${word}:count=(\\d+)`).exec(info)?.[1] ?? 0);
  };
  const before = await count();
  return () => expect.poll(count).toBeGreaterThan(before);
}

/** Pools whose keys are on this server. */
async function poolsOn(node: TestNode): Promise<Pool[]> {
  const pools: Pool[] = [];
  while (pools.length < POOLS) {
    const pool = await fundedPool(ledger);
    if (((await node.command('CLUSTER', 'COUNTKEYSINSLOT', await slotOf(pool.poolId))) as number) > 0) pools.push(pool);
  }
  return pools;
}

async function slotOf(poolId: Pool['poolId']): Promise<string> {
  return String(await at(cluster.masters, 0).command('CLUSTER', 'KEYSLOT', poolKeys(poolId).pool));
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new Error(`there is none at ${place}`);
  return found;
}
