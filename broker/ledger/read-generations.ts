import type { RedisClient } from '../redis/connect.ts';
import { type GenerationRecord, parseGeneration } from './generation-record.ts';
import { poolKeys } from './keys.ts';

export interface GenerationPageRequest {
  /** The id after which the page begins: the last one of the page before. */
  readonly before?: string;
  readonly limit: number;
}

/** One generation; null when there is none, when its hold was refused, or when its record's life is over. */
export async function readGeneration(
  redis: RedisClient,
  poolId: string,
  generationId: string,
): Promise<GenerationRecord | null> {
  const stored = await redis.hGetAll(poolKeys(poolId).hold(generationId));
  return parseGeneration(poolId, generationId, stored);
}

/** The pool's generations, newest first. Records whose life is over are passed over. */
export async function listGenerations(
  redis: RedisClient,
  poolId: string,
  { before, limit }: GenerationPageRequest,
): Promise<GenerationRecord[]> {
  const { generations } = poolKeys(poolId);
  const cursor = before === undefined ? -1 : await redis.zRevRank(generations, before);
  const page: GenerationRecord[] = [];
  if (cursor === null) return page;
  for (let next = cursor + 1; page.length < limit; ) {
    const ids = await redis.zRange(generations, next, next + limit - 1, { REV: true });
    if (ids.length === 0) break;
    const records = await Promise.all(ids.map((id) => readGeneration(redis, poolId, id)));
    page.push(...records.filter((record) => record !== null));
    next += ids.length;
  }
  return page.slice(0, limit);
}
