import type { AssetStore } from '../assets/store.ts';
import { timeOfGeneration } from './generation-id.ts';

const DAY = 24 * 3_600_000;

export interface RetentionOptions {
  readonly files: Pick<AssetStore, 'listGenerations' | 'dropGeneration'>;
  /** How long results are kept: at least a week, so that none goes before it has landed. */
  readonly days: number;
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * Removes the pictures and videos of generations that are older; their records and what they cost stay. What is not
 * named like a generation is left alone. Safe to run at any time, on any number of brokers.
 */
export async function dropOldOutputs({ files, days, clock }: RetentionOptions, signal: AbortSignal): Promise<void> {
  const eldest = clock() - days * DAY;
  for await (const generationId of files.listGenerations()) {
    if (signal.aborted) return;
    const madeAt = timeOfGeneration(generationId);
    if (madeAt !== null && madeAt < eldest) await files.dropGeneration(generationId);
  }
}
