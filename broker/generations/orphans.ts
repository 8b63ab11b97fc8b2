import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** A generation whose provider may bill it although nobody was charged. */
export interface Orphan {
  readonly generationId: string;
  /** When it was listed, ms since 1970. */
  readonly listedAt: number;
}

const ORPHANS = 'orphans';

/** Lists a generation for the operator. */
export async function addOrphan(redis: RedisClient, { generationId, listedAt }: Orphan): Promise<void> {
  await repeatUntilKnown(() => redis.zAdd(ORPHANS, { score: listedAt, value: generationId }));
}

export function countOrphans(redis: RedisClient): Promise<number> {
  return repeatUntilKnown(() => redis.zCard(ORPHANS));
}

/** All that were ever listed, oldest first. */
export async function listOrphans(redis: RedisClient): Promise<Orphan[]> {
  const listed = await repeatUntilKnown(() => redis.zRangeWithScores(ORPHANS, 0, -1));
  return listed.map(({ value, score }) => ({ generationId: value, listedAt: score }));
}
