import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, StoredInteger, StoredPool } from './balance.ts';
import { poolKeys } from './keys.ts';
import { StoredTally, type Tally, tallyAt } from './tally.ts';

export const MemberRole = z.enum(['owner', 'admin', 'member']);
export type MemberRole = z.infer<typeof MemberRole>;

/** What a member or a tag has used of its pool, and holds now. */
interface Usage extends Pick<Tally, 'held' | 'cap'> {
  /** In all. */
  readonly used: Millicredits;
  /** In this UTC day, week and month. */
  readonly usedIn: Pick<Tally['used'], 'day' | 'week' | 'month'>;
}

/** A member of a pool, and what this member has used of it. */
export interface PoolMember extends Usage {
  readonly memberId: string;
  readonly role: MemberRole;
  /** ms since 1970 */
  readonly joinedAt: number;
}

/** A project or client, and what everyone together has used for it. */
export interface PoolBudget extends Usage {
  readonly tag: string;
}

const StoredMember = z.object({ role: MemberRole, joined: StoredInteger });

/** What the pool has; null when there is no such pool. */
export async function readPool(redis: RedisClient, poolId: string): Promise<PoolBalance | null> {
  const stored = await redis.hGetAll(poolKeys(poolId).pool);
  return 'status' in stored ? StoredPool.parse(stored) : null;
}

/** One member; null for whoever is none. */
export async function readMember(
  redis: RedisClient,
  poolId: string,
  memberId: string,
  now = Date.now(),
): Promise<PoolMember | null> {
  const stored = await redis.hGetAll(poolKeys(poolId).member(memberId));
  if (!('role' in stored)) return null;
  const { role, joined } = StoredMember.parse(stored);
  return { memberId, role, joinedAt: joined, ...toUsage(stored, now) };
}

/** The members, those who joined first first. */
export async function listMembers(redis: RedisClient, poolId: string): Promise<PoolMember[]> {
  const ids = await redis.zRange(poolKeys(poolId).members, 0, -1);
  const members = await Promise.all(ids.map((memberId) => readMember(redis, poolId, memberId)));
  return members.filter((member) => member !== null);
}

/** The tags that have a budget or were ever held under, oldest first. */
export async function listBudgets(redis: RedisClient, poolId: string, now = Date.now()): Promise<PoolBudget[]> {
  const keys = poolKeys(poolId);
  const tags = await redis.zRange(keys.budgets, 0, -1);
  return Promise.all(tags.map(async (tag) => ({ tag, ...toUsage(await redis.hGetAll(keys.budget(tag)), now) })));
}

function toUsage(stored: Readonly<Record<string, string>>, now: number): Usage {
  const { used, held, cap } = tallyAt(StoredTally.parse(stored), now);
  const { total, ...usedIn } = used;
  return { used: total, usedIn, held, cap };
}
