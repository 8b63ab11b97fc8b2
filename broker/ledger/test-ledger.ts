import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createLedger, type Hold, type Ledger } from './index.ts';

/**
 * A ledger on a real Redis of its own, which ends with the test file; in `npm run test:cluster`, on the cluster that all
 * test files share.
 */
export async function startTestLedger(): Promise<{ redis: RedisClient; ledger: Ledger; url: string }> {
  const cluster = process.env.TEST_CLUSTER_URL;
  const server = cluster ? { url: cluster, stop: async () => undefined } : await startTestRedis();
  const redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
  });
  return { redis, ledger: createLedger(redis), url: server.url };
}

/** A pool with one member, and what it was given. */
export async function fundedPool(ledger: Ledger, funds: { paid?: number; gift?: number } = {}) {
  const pool = { poolId: randomUUID(), memberId: 'ada' };
  await ledger.openPool({ poolId: pool.poolId, ownerId: pool.memberId, actor: pool.memberId });
  for (const origin of ['paid', 'gift'] as const) {
    const amount = millicredits(funds[origin] ?? 0);
    const payment = { paymentId: `pi_${origin}`, amount, origin, reference: 'cs_1', actor: 'checkout' };
    if (amount > 0) await ledger.topup({ poolId: pool.poolId, ...payment });
  }
  return pool;
}

/** A hold with everything that a test does not care about. */
export function aHold(pool: { poolId: string; memberId: string }, ceiling: number, rest: Partial<Hold> = {}): Hold {
  return {
    ...pool,
    generationId: randomUUID(),
    ceiling: millicredits(ceiling),
    ttlMs: 600_000,
    maxOpenHolds: 1_000,
    maxMemberHolds: 1_000,
    requestHash: 'request',
    record: { model: 'sketch' },
    ...rest,
  };
}

/** A pool with `paid` and one accepted hold on it. */
export async function heldPool(ledger: Ledger, paid: number, ceiling: number, rest: Partial<Hold> = {}) {
  const pool = await fundedPool(ledger, { paid });
  const command = aHold(pool, ceiling, rest);
  await ledger.hold(command);
  return { ...pool, generationId: command.generationId };
}
