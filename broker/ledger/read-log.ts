import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { durably } from '../redis/topology.ts';
import { StoredInteger } from './balance.ts';
import { StoredEntry, seqOf } from './entries.ts';
import { poolKeys } from './keys.ts';

/** Where a pool's chain of entries ends. */
export interface PoolChain {
  /** The number of the last entry. */
  readonly seq: number;
  /** Its hash, see `sealEntry`. */
  readonly head: string;
  /** The number of the last entry that was archived and may have been dropped; 0 for none. */
  readonly archived: number;
}

/** An entry as the log keeps it. */
export interface LogEntry {
  readonly seq: number;
  readonly entry: StoredEntry;
}

const Stored = z.tuple([StoredInteger, z.string(), StoredInteger]);

/**
 * Where a pool's entries end, as far as they would outlive the loss of their server; null when there is no such pool.
 * @throws InkpotError as `repeatUntilKnown` does.
 */
export async function readChain(redis: RedisClient, poolId: string): Promise<PoolChain | null> {
  const key = poolKeys(poolId).pool;
  const stored = await repeatUntilKnown(() =>
    durably(redis, key, (server) => server.hmGet(key, ['seq', 'head', 'archived'])),
  );
  if (stored[0] === null) return null;
  const [seq, head, archived] = Stored.parse(stored);
  return { seq, head, archived };
}

/** The entries from `from` to `to`, oldest first, as far as the log has them. */
export async function readLog(redis: RedisClient, poolId: string, from: number, to: number): Promise<LogEntry[]> {
  const { log } = poolKeys(poolId);
  const messages = (await repeatUntilKnown(() => redis.xRange(log, `${from}-0`, `${to}-0`))) ?? [];
  return messages.map(({ id, message }) => ({ seq: seqOf(id), entry: StoredEntry.parse({ ...message }) }));
}
