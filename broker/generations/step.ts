import { InkpotError } from '../../shared/errors.ts';
import type { FailureReason } from '../../shared/failures.ts';
import type { Assets } from '../assets/assets.ts';
import type { RecordFields, Stage } from '../ledger/index.ts';
import type { RouteHealth } from '../models/route-health.ts';
import type { Provider } from '../providers/provider.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { jobOf, type StoredGeneration } from './generation.ts';
import type { GenerationStore } from './generation-store.ts';
import { type SettleOptions, settleWithout } from './settle.ts';
import type { Slots } from './slots.ts';

/** How long the hold of a job that is being worked on stays safe from expiry, in ms. */
export const HOLD_LIFE = 30 * 60_000;

/** How long one call about a job may take at its provider, in ms. */
export const CALL_DEADLINE = 60_000;

/**
 * What is left to do after a step: nothing, or another step after so many ms. `polls` says how often the provider has
 * been asked, where that is not once more than before.
 */
export type Next =
  | { readonly done: true }
  | { readonly done: false; readonly afterMs: number; readonly polls?: number };

export const DONE: Next = { done: true };
export const AT_ONCE: Next = { done: false, afterMs: 0 };

/** What a worker needs to take one step of a generation. */
export interface RunOptions extends SettleOptions {
  readonly store: GenerationStore;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly health: Pick<RouteHealth, 'isUp' | 'failed' | 'succeeded'>;
  readonly slots: Slots;
  /** Hands a generation to the workers of the provider that its record now names. */
  readonly enqueue: (generation: Pick<StoredGeneration, 'generationId' | 'details'>) => Promise<void>;
  readonly assets: Assets;
  /** Where a generation's provider may tell that its job has moved on; null where nobody outside reaches the broker. */
  readonly webhookUrl: (generationId: string) => string | null;
  readonly uploads: Pick<Uploads, 'load'>;
}

/** @returns false when someone else has moved or ended the generation meanwhile. */
export async function moveTo(
  { ledger }: Pick<RunOptions, 'ledger'>,
  { poolId, generationId }: StoredGeneration,
  stage: Stage,
  from: readonly Stage[],
  fields?: RecordFields,
): Promise<boolean> {
  const move = { poolId, generationId, stage, from, ttlMs: HOLD_LIFE };
  const { code } = await ledger.advance(fields ? { ...move, fields } : move);
  return code === 'OK' || code === 'REPLAY';
}

/** Ends a generation without a result and gives everything back. */
export async function fail(
  options: RunOptions,
  generation: StoredGeneration,
  reason: FailureReason,
  cost = { billed: false },
): Promise<Next> {
  await settleWithout(options, generation, reason, cost);
  return DONE;
}

/** Releases a generation whose job may be running, and billed, out of our sight. */
export async function abandon(options: RunOptions, generation: StoredGeneration, reason: FailureReason): Promise<Next> {
  await addOrphan(options, generation, reason);
  return fail(options, generation, reason, { billed: true });
}

/** Lists a generation whose provider job may be billed to the house. */
export async function addOrphan(
  { store, logger }: RunOptions,
  generation: StoredGeneration,
  why: string,
  job = jobOf(generation),
): Promise<void> {
  const { generationId, details } = generation;
  logger.error(
    { generationId, provider: details.route.provider, job, why },
    'a provider job may be billed to the house',
  );
  await store.addOrphan(generationId);
}

export function isRedisAway(error: unknown): boolean {
  return error instanceof InkpotError && error.code === 'broker_busy';
}
