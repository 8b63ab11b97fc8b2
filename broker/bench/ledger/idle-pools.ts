import type { RedisClient } from '../../redis/connect.ts';
import { readInfo } from '../../redis/read-info.ts';
import { openRichPool, type Scene } from './scene.ts';

/** What a pool that has an owner and one payment takes of Redis's memory while nobody uses it, in bytes. */
export async function measureIdlePools(
  { redis, ledger }: Scene,
  count: number,
): Promise<{ bytes: number; pools: string[] }> {
  const before = await usedMemory(redis);
  const pools: string[] = [];
  while (pools.length < count) {
    const some = Array.from({ length: Math.min(500, count - pools.length) }, () => openRichPool(ledger));
    pools.push(...(await Promise.all(some)));
  }
  return { bytes: ((await usedMemory(redis)) - before) / count, pools };
}

async function usedMemory(redis: RedisClient): Promise<number> {
  return Number(readInfo(await redis.info('memory')).used_memory);
}
