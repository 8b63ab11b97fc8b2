import type { RedisClient } from '../redis/connect.ts';
import { mastersOf } from '../redis/topology.ts';

/** The ids of all pools, found by looking at every key: for an operator's commands, not for a request. */
export async function listPools(redis: RedisClient): Promise<string[]> {
  const found = new Set<string>();
  for (const master of await mastersOf(redis)) {
    for await (const keys of master.scanIterator({ MATCH: 'w:{*}', TYPE: 'hash', COUNT: 1_000 })) {
      for (const key of keys) found.add(key.slice('w:{'.length, -1));
    }
  }
  return [...found].sort();
}
