import { InkpotError } from '../../shared/errors.ts';
import type { Pools } from '../pools/pools.ts';
import type { StoredGeneration } from './generation.ts';

/**
 * That a member of a generation's pool is whoever asked for it, or one of those who run the pool.
 * @param words what they hear who are neither.
 * @throws InkpotError `forbidden`
 */
export async function requireMaker(
  pools: Pick<Pools, 'read'>,
  { poolId, memberId }: StoredGeneration,
  accountId: string,
  words: string,
): Promise<void> {
  if (memberId === accountId) return;
  const { role } = await pools.read(accountId, poolId);
  if (role === 'member') throw new InkpotError('forbidden', { detail: words });
}
