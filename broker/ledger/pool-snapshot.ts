import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { poolKeys } from './keys.ts';
import snapshotScript from './snapshot.lua';

type Hash = Readonly<Record<string, string>>;

/** A pool as it was at one moment, as Redis stores it: nothing in it is known to be sound. */
export interface PoolSnapshot {
  readonly pool: Hash;
  /** The entries after those that were known, at most {@link SNAPSHOT_ENTRIES}. */
  readonly entries: readonly { readonly id: string; readonly message: Hash }[];
  /** What the due set names, by generation. */
  readonly holds: ReadonlyMap<string, Hash>;
  readonly members: ReadonlyMap<string, Hash>;
  readonly budgets: ReadonlyMap<string, Hash>;
  /** Those that were asked for. */
  readonly payments: ReadonlyMap<string, Hash>;
  /** What is taken back or blocked of paid payments, see payment.lua. */
  readonly aside: Hash;
}

/** The most entries in a snapshot. With so many, there may be more. */
export const SNAPSHOT_ENTRIES = 1_000;

const Fields = z.array(z.string()).transform((words): Hash => {
  const pairs = Array.from({ length: words.length / 2 }, (_, index) => words.slice(2 * index, 2 * index + 2));
  return Object.fromEntries(pairs);
});
const Named = z.array(z.tuple([z.string(), Fields])).transform((pairs): ReadonlyMap<string, Hash> => new Map(pairs));
const Entries = z
  .array(z.tuple([z.string(), Fields]))
  .transform((entries) => entries.map(([id, message]) => ({ id, message })));
const Reply = z.tuple([Fields, Entries, Named, Named, Named, z.array(Fields), Fields]);

/**
 * Reads everything that an audit compares, in one step.
 * @param after the number of the last entry that is known; 0 for none.
 * @param payments the payments to read.
 */
export async function readSnapshot(
  redis: RedisClient,
  poolId: string,
  after: number,
  payments: readonly string[],
): Promise<PoolSnapshot> {
  const keys = poolKeys(poolId);
  // Ids of any shape may be in the sets of a broken pool, so the keys are put together over there.
  const [member, hold, budget] = [keys.member('x'), keys.hold('x'), keys.budget('x')].map((key) => key.slice(0, -1));
  const reply = await redis.eval(snapshotScript, {
    keys: [keys.pool, keys.log, keys.due, keys.members, keys.budgets, keys.aside, ...payments.map(keys.payment)],
    arguments: [String(after), String(SNAPSHOT_ENTRIES), hold ?? '', member ?? '', budget ?? ''],
  });
  const [pool, entries, holds, members, budgets, stored, aside] = Reply.parse(reply);
  return {
    pool,
    entries,
    holds,
    members,
    budgets,
    payments: new Map(payments.map((id, index) => [id, stored[index] ?? {}])),
    aside,
  };
}
