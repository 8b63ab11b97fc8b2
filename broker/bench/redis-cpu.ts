import type { RedisClient } from '../redis/connect.ts';
import { readInfo } from '../redis/read-info.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** What a Redis has used of all cores so far, in seconds. */
export async function redisCpuSeconds(redis: RedisClient): Promise<number> {
  const { used_cpu_user, used_cpu_sys } = readInfo(await repeatUntilKnown(() => redis.info('cpu')));
  return Number(used_cpu_user) + Number(used_cpu_sys);
}
