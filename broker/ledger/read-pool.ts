import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, StoredAmount, StoredInteger, StoredPool } from './balance.ts';
import { poolKeys } from './keys.ts';

const MemberRole = z.enum(['owner', 'admin', 'member']);

/** A member of a pool, and what this member has used of it. */
export interface PoolMember {
  readonly memberId: string;
  readonly role: z.infer<typeof MemberRole>;
  readonly used: Millicredits;
  readonly held: Millicredits;
  /** ms since 1970 */
  readonly joinedAt: number;
}

const StoredMember = z.object({ role: MemberRole, used: StoredAmount, held: StoredAmount, joined: StoredInteger });

/** What the pool has; null when there is no such pool. */
export async function readPool(redis: RedisClient, poolId: string): Promise<PoolBalance | null> {
  const stored = await redis.hGetAll(poolKeys(poolId).pool);
  return 'status' in stored ? StoredPool.parse(stored) : null;
}

/** One member; null for whoever is none. */
export async function readMember(redis: RedisClient, poolId: string, memberId: string): Promise<PoolMember | null> {
  const stored = await redis.hGetAll(poolKeys(poolId).member(memberId));
  if (!('role' in stored)) return null;
  const { joined, ...member } = StoredMember.parse(stored);
  return { memberId, ...member, joinedAt: joined };
}

/** The members, those who joined first first. */
export async function listMembers(redis: RedisClient, poolId: string): Promise<PoolMember[]> {
  const ids = await redis.zRange(poolKeys(poolId).members, 0, -1);
  const members = await Promise.all(ids.map((memberId) => readMember(redis, poolId, memberId)));
  return members.filter((member) => member !== null);
}
