import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { poolKeys } from './keys.ts';

const HALT = `#!lua flags=allow-oom
if redis.call('HEXISTS', KEYS[1], 'status') == 1 then redis.call('HSET', KEYS[1], 'status', 'frozen') end
return 0`;

/**
 * Freezes a pool without an entry: only for one whose books do not balance, which takes no entry any more. Of a pool that
 * is gone or is no pool, nothing can be held anyway.
 */
export async function haltPool(redis: RedisClient, poolId: string): Promise<void> {
  const { pool } = poolKeys(poolId);
  if ((await repeatUntilKnown(() => redis.type(pool))) !== 'hash') return;
  await repeatUntilKnown(() => redis.eval(HALT, { keys: [pool], arguments: [] }));
}
