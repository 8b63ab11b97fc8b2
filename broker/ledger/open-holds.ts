import { ErrorReply } from 'redis';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { mastersOf } from '../redis/topology.ts';
import { Stage, StoredGenerationState } from './generation-record.ts';
import { poolKeys } from './keys.ts';

/**
 * The advisory index of pools with open holds: pool → the minute of its last mark. It lives in a slot of its own, is
 * written before a hold, and may name pools that have none any more.
 */
const INDEX = 'open-pools';

/** A mark younger than this may belong to a hold still on its way; in minutes. */
const YOUNG_MINUTES = 2;

/** Removes a mark only if nobody has renewed it since it was read. */
const UNMARK = `#!lua flags=allow-oom
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0`;

export interface OpenHold {
  readonly poolId: string;
  readonly generationId: string;
  readonly memberId: string;
  readonly tag: string;
  readonly state: z.infer<typeof StoredGenerationState>;
  readonly stage: Stage;
  /** ms since 1970 */
  readonly dueAt: number;
}

const Stored = z
  .tuple([z.string(), z.string(), StoredGenerationState, Stage])
  .transform(([memberId, tag, state, stage]) => ({ memberId, tag, state, stage }));

/** Marks the pool as one that may have open holds. Whole minutes, so that a busy pool is written once a minute. */
export async function markOpen(redis: RedisClient, poolId: string, now = Date.now()): Promise<void> {
  await redis.zAdd(INDEX, { score: minute(now), value: poolId });
}

/** The pools that may have open holds. Those found idle are taken off the index on the way. */
export async function listOpenPools(redis: RedisClient, now = Date.now()): Promise<string[]> {
  const marks = await redis.zRangeWithScores(INDEX, 0, -1);
  const open = await Promise.all(
    marks.map(async ({ value: poolId, score }) => {
      if (await mayHaveDue(redis, poolId)) return [poolId];
      if (minute(now) - score < YOUNG_MINUTES) return [];
      await redis.eval(UNMARK, { keys: [INDEX], arguments: [poolId, String(score)] });
      return [];
    }),
  );
  return open.flat();
}

async function mayHaveDue(redis: RedisClient, poolId: string): Promise<boolean> {
  try {
    return (await redis.zCard(poolKeys(poolId).due)) > 0;
  } catch (error) {
    // The key is no sorted set: whoever looks at this pool's holds is told, and sees the other pools.
    if (isWrongType(error)) return true;
    throw error;
  }
}

/** Marks every pool that has open holds, by looking at all of them: the backstop, for start-up and once a day. */
export async function rebuildOpenPools(redis: RedisClient): Promise<void> {
  for (const master of await mastersOf(redis)) {
    for await (const keys of master.scanIterator({ MATCH: 'due:{*}', TYPE: 'zset', COUNT: 1_000 })) {
      await Promise.all(keys.map((key) => markOpen(redis, key.slice('due:{'.length, -1))));
    }
  }
}

/** What a pool has open. */
export interface OpenHolds {
  /** Those due first first. */
  readonly holds: readonly OpenHold[];
  /** The ids of those whose records say nothing that could be acted on: somebody has to look at them. */
  readonly unreadable: readonly string[];
}

/** The open holds of a pool. One that cannot be read hides none of the others. */
export async function listOpenHolds(redis: RedisClient, poolId: string): Promise<OpenHolds> {
  const keys = poolKeys(poolId);
  const due = await redis.zRangeWithScores(keys.due, 0, -1);
  const unreadable: string[] = [];
  const holds = await Promise.all(
    due.map(async ({ value: generationId, score: dueAt }): Promise<OpenHold[]> => {
      const stored = await readStanding(redis, keys.hold(generationId));
      if (!stored) unreadable.push(generationId);
      return stored ? [{ poolId, generationId, ...stored, dueAt }] : [];
    }),
  );
  return { holds: holds.flat(), unreadable };
}

async function readStanding(redis: RedisClient, key: string): Promise<z.infer<typeof Stored> | null> {
  try {
    return Stored.safeParse(await redis.hmGet(key, ['member', 'tag', 'generation', 'stage'])).data ?? null;
  } catch (error) {
    // The key is no hash.
    if (isWrongType(error)) return null;
    throw error;
  }
}

function isWrongType(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith('WRONGTYPE');
}

function minute(now: number): number {
  return Math.floor(now / 60_000);
}
