import { formatPicoUsd } from '../../shared/catalogue/pico-usd.ts';
import { jobOf, parseGeneration, type StoredGeneration } from '../generations/generation.ts';
import { poolOfGeneration } from '../generations/generation-id.ts';
import { listOrphans } from '../generations/orphans.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { Printer } from './printer.ts';

const PICO_PER_MICRO = 1_000_000;

/** Every generation that a provider may bill although nobody was charged, oldest first, to be compared with its bills. */
export async function reportOrphans(redis: RedisClient, ledger: Ledger, print: Printer): Promise<void> {
  for (const { generationId, listedAt } of await listOrphans(redis)) {
    const poolId = poolOfGeneration(generationId);
    const record = poolId === null ? null : await ledger.readGeneration(poolId, generationId);
    const told = record ? describe(parseGeneration(record)) : null;
    const words = told
      ? `${told.model} at ${told.provider}, job ${JSON.stringify(told.job)}: ${told.why}, ${told.cost ?? 'at an unknown cost'}${told.stopped ? '; stopped, as its provider says' : ''}`
      : 'its record is gone';
    const listed = new Date(listedAt).toISOString();
    print({ generationId, listed, ...told }, `${listed} ${generationId}: ${words}`);
  }
}

function describe(generation: StoredGeneration) {
  const { details, isLate, reason, state } = generation;
  const { cost, spend, outputs, settings } = details;
  const known = cost ? formatPicoUsd(cost.picoUsd) : null;
  return {
    model: details.modelId,
    provider: details.route.provider,
    job: jobOf(generation),
    why: isLate ? 'late' : (reason ?? (outputs ? `${outputs.length} of ${settings.count} delivered` : state)),
    stopped: details.stopped === 'yes',
    cost: known ?? (spend ? `at most ${formatPicoUsd(spend.microUsd * PICO_PER_MICRO)}` : null),
  };
}
