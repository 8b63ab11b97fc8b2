import { z } from 'zod';
import { listPools } from '../ledger/list-pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** How far the walk over all pools is: it goes in the order of their ids, and ends with none left. */
const Walk = z.object({
  startedAt: z.coerce.number(),
  after: z.string(),
  endedAt: z.coerce.number().optional(),
});

const KEY = 'audit-walk';
const DAY_MS = 24 * 3_600_000;

export interface WalkOptions {
  readonly redis: RedisClient;
  /** Looks at one pool, and does not throw for it. */
  readonly visit: (poolId: string) => Promise<void>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * Visits every pool once a day: goes on where the walk of today was left, by whichever broker, or begins a new one when a
 * day has passed since the last began. Returns when there is nothing left to do, when another broker is at it, or when
 * `signal` says so.
 */
export async function walk({ redis, visit, clock }: WalkOptions, signal: AbortSignal): Promise<void> {
  await withLease(redis, 'audit-walk', async () => {
    const stored = await repeatUntilKnown(() => redis.hGetAll(KEY));
    const last = Walk.safeParse(stored).data;
    if (last?.endedAt !== undefined && clock() - last.startedAt < DAY_MS) return;
    const isUnderWay = last !== undefined && last.endedAt === undefined;
    const { startedAt, after } = isUnderWay ? last : { startedAt: clock(), after: '' };
    await repeatUntilKnown(() => redis.multi().del(KEY).hSet(KEY, { startedAt, after }).exec());
    for (const poolId of (await listPools(redis)).filter((id) => id > after)) {
      if (signal.aborted) return;
      await visit(poolId);
      await repeatUntilKnown(() => redis.hSet(KEY, 'after', poolId));
    }
    await repeatUntilKnown(() => redis.hSet(KEY, 'endedAt', clock()));
  });
}
