import type { Pool } from '../../shared/api/pools.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { WebSession } from '../accounts/web-session.ts';
import type { Pools } from '../pools/pools.ts';

/** The pools that a person may top up: those they are in. */
export type OwnPools = Pick<Pools, 'read' | 'list'>;

/**
 * The pool of this id, the personal one without an id.
 * @throws InkpotError `not_found`, also for a pool that exists and is somebody else's.
 */
export async function ownPool(pools: OwnPools, { accountId }: WebSession, poolId: string | undefined): Promise<Pool> {
  if (poolId !== undefined) return pools.read(accountId, poolId);
  const [personal] = await pools.list(accountId);
  if (!personal) throw new InkpotError('not_found', { detail: 'You have no pool to top up.' });
  return personal;
}
