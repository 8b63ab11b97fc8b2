import type { Ledger } from '../ledger/index.ts';
import type { Spending } from '../limits/spending.ts';
import type { Pools } from '../pools/pools.ts';
import type { StoredGeneration } from './generation.ts';
import type { GenerationEvents } from './generation-events.ts';
import type { GenerationStore } from './generation-store.ts';
import type { Jobs } from './jobs.ts';
import { requireMaker } from './require-maker.ts';

export interface CancelOptions {
  readonly ledger: Ledger;
  readonly store: GenerationStore;
  readonly events: GenerationEvents;
  readonly jobs: Pick<Jobs, 'hurry'>;
  readonly pools: Pick<Pools, 'read'>;
  readonly spending: Pick<Spending, 'giveBack'>;
}

/**
 * Stops a generation as far as it can be stopped. One that waits is released at once: the ledger decides whether this
 * or the worker was first. One that runs is stopped by its worker, if its provider allows it. One that has ended stays
 * as it is.
 * @throws InkpotError `forbidden`
 */
export async function cancelGeneration(
  { ledger, store, events, jobs, pools, spending }: CancelOptions,
  generation: StoredGeneration,
  accountId: string,
): Promise<void> {
  const { poolId, generationId, memberId, tag } = generation;
  await requireMaker(
    pools,
    generation,
    accountId,
    'Only whoever asked for a picture, or runs the pool, may cancel it.',
  );
  const answer = await ledger.release({
    poolId,
    generationId,
    memberId,
    tag,
    state: 'cancelled',
    reason: 'cancelled',
    actor: accountId,
    onlyAtStages: ['queued'],
  });
  if (answer.code === 'OK') {
    if (generation.details.spend) await spending.giveBack(generation.details.spend);
    await events.publish(generationId, { progress: null });
  }
  if (answer.code !== 'TOO_LATE' || generation.details.cancellation) return;
  await store.setCancellation(generation, 'requested');
  await jobs.hurry(generation);
}
