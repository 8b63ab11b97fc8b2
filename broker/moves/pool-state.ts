import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { mastersOf } from '../redis/topology.ts';

/**
 * What moves with a pool beside its entries, by the first word of its keys: members, budgets, payments, what is set aside of them, remembered
 * operations, its name, the records of its purchases and refunds, and how often it bought by itself. Generations stay: they belong to pictures, which
 * stay too.
 */
const WORDS = [
  'm',
  'ms',
  'b',
  'bs',
  'p',
  'aside',
  'o',
  'pi',
  'topup',
  'credited-topups',
  'refunds',
  'auto-topup',
  'customer',
  'customers-forgotten',
];

const Scored = z.array(z.tuple([z.string(), z.number()]));

/** One key of a pool, as a line of a file. */
export const StateLine = z.discriminatedUnion('type', [
  z.strictObject({ key: z.string(), type: z.literal('hash'), value: z.record(z.string(), z.string()) }),
  z.strictObject({ key: z.string(), type: z.literal('zset'), value: Scored }),
  z.strictObject({ key: z.string(), type: z.literal('string'), value: z.string() }),
]);
export type StateLine = z.infer<typeof StateLine>;

/** Whether a key is one that moves with this pool, and nothing else. */
export function belongsTo(poolId: string, key: string): boolean {
  const [word = '', rest] = key.split(/:(.*)/s);
  return WORDS.includes(word) && (rest === `{${poolId}}` || rest?.startsWith(`{${poolId}}:`) === true);
}

/** What moves with a pool beside its entries, in the order of its keys. Found by looking at every key. */
export async function readState(redis: RedisClient, poolId: string): Promise<StateLine[]> {
  const keys = new Set<string>();
  for (const master of await mastersOf(redis)) {
    for await (const found of master.scanIterator({ MATCH: `*{${poolId}}*`, COUNT: 1_000 })) {
      for (const key of found) if (belongsTo(poolId, key)) keys.add(key);
    }
  }
  const lines: StateLine[] = [];
  for (const key of [...keys].sort()) {
    const line = await repeatUntilKnown(() => readKey(redis, key));
    if (line) lines.push(line);
  }
  return lines;
}

/** @returns null for one that ends by itself: it is not of the kind that must last. */
async function readKey(redis: RedisClient, key: string): Promise<StateLine | null> {
  if ((await redis.pTTL(key)) !== -1) return null;
  const type = await redis.type(key);
  switch (type) {
    case 'hash':
      return { key, type, value: { ...(await redis.hGetAll(key)) } };
    case 'zset':
      return { key, type, value: (await redis.zRangeWithScores(key, 0, -1)).map(({ value, score }) => [value, score]) };
    case 'string':
      return { key, type, value: (await redis.get(key)) ?? '' };
    default:
      throw new TypeError(`${key} is a ${type}, which does not move`);
  }
}

/** Puts a key there as it was, in place of what a try before has left. */
export async function writeState(redis: RedisClient, line: StateLine): Promise<void> {
  await repeatUntilKnown(async () => {
    await redis.del(line.key);
    switch (line.type) {
      case 'hash':
        return redis.hSet(line.key, line.value);
      case 'zset':
        return redis.zAdd(
          line.key,
          line.value.map(([value, score]) => ({ value, score })),
        );
      case 'string':
        return redis.set(line.key, line.value);
    }
  });
}
