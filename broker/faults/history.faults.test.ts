import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger } from '../ledger/index.ts';
import { fundedPool } from '../ledger/test-ledger.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet } from '../redis/test-redis.ts';
import { call } from './call.ts';
import { checkHistory } from './check-history.ts';
import type { Call, Operation } from './history.ts';
import { type MortalRedis, startMortalRedis } from './mortal-redis.ts';
import { WHOLE } from './plan.ts';
import { TCP_FAULTS } from './redis-proxy.ts';
import { ROUNDS, SEED } from './rounds.ts';

/** Each fault once, and once more for each whole plan of rounds. */
const FAULTS = [...TCP_FAULTS, 'kill'] as const;
const course = fc
  .sample(fc.shuffledSubarray([...FAULTS], { minLength: FAULTS.length }), {
    seed: SEED,
    numRuns: Math.ceil(ROUNDS / WHOLE),
  })
  .flat();

/** Brokers, callers of each, and what each caller asks for during one fault. */
const [BROKERS, CALLERS, ASKED] = [3, 3, 30];

/** How many ids are in use at a time: so few that callers repeat each other and settle each other's holds. */
const IDS = 24;

const wish = fc.record({
  kind: fc.constantFrom('hold', 'hold', 'hold', 'capture', 'capture', 'release', 'topup', 'read'),
  number: fc.nat({ max: IDS - 1 }),
});

/** What is asked under an id is always the same. */
function toOperation({ kind, number }: { kind: string; number: number }, fault: number): Operation {
  const id = `${kind === 'topup' ? 'pi' : 'g'}_${fault * (IDS / 2) + number}`;
  switch (kind) {
    case 'hold':
      return { kind, id, amount: 1 + (number % 6) };
    case 'capture':
    case 'topup':
      return { kind, id, amount: 1 + (number % 4) };
    case 'release':
      return { kind, id };
    default:
      return { kind: 'read' };
  }
}

let server: MortalRedis;
const connections: RedisClient[] = [];
beforeAll(async () => {
  server = await startMortalRedis();
  for (let broker = 0; broker < BROKERS; broker++) {
    connections.push(await connectRedis({ url: server.proxy.url, name: `broker-${broker}`, logger: quiet }));
  }
});
afterAll(async () => {
  for (const redis of connections) redis.destroy();
  await server?.stop();
});

test(
  `what callers were told through ${course.length} faults is one history of the log (FAULT_SEED=${SEED})`,
  async () => {
    const pool = await fundedPool(server.ledger);
    const calls: Call[] = [];
    for (const [index, fault] of course.entries()) {
      const wishes = fc.sample(fc.array(wish, { minLength: ASKED, maxLength: ASKED }), {
        seed: SEED + index,
        numRuns: BROKERS * CALLERS,
      });
      const callers = wishes.map(async (list, caller) => {
        const redis = connections[caller % BROKERS];
        if (!redis) return;
        for (const item of list) calls.push(await call(createLedger(redis), pool, toOperation(item, index)));
      });
      await Promise.all([strike(fault), ...callers]);
    }
    const log = (await server.ledger.listEntries(pool.poolId, { limit: 100_000 })).toReversed();
    expect(checkHistory(calls, log)).toEqual([]);
    expect(await auditPool(server.redis, pool.poolId)).toEqual([]);
    expect(calls.filter(({ answer }) => answer?.code === 'OK').length).toBeGreaterThan(10 * course.length);
  },
  60_000 + course.length * 20_000,
);

async function strike(fault: (typeof FAULTS)[number]): Promise<void> {
  if (fault !== 'kill') return server.proxy.harm(fault, ({ script }) => script !== null);
  await server.kill();
  await server.start();
}
