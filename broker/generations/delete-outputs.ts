import { InkpotError } from '../../shared/errors.ts';
import type { Assets } from '../assets/assets.ts';
import type { Pools } from '../pools/pools.ts';
import type { StoredGeneration } from './generation.ts';
import { requireMaker } from './require-maker.ts';

/**
 * Deletes the pictures and videos of a generation that has ended, for whoever made it and for those who run its pool.
 * What it cost stays as it is. Doing it again is harmless.
 * @throws InkpotError `not_ready` while it is under way, `forbidden`
 */
export async function deleteOutputs(
  { pools, assets }: { readonly pools: Pick<Pools, 'read'>; readonly assets: Pick<Assets, 'drop'> },
  generation: StoredGeneration,
  accountId: string,
): Promise<void> {
  await requireMaker(pools, generation, accountId, 'Only whoever made a picture, or runs the pool, may delete it.');
  if (generation.hold === 'held') {
    throw new InkpotError('not_ready', { detail: 'It is still being made: cancel it, or wait for its end.' });
  }
  await assets.drop(generation.generationId);
}
