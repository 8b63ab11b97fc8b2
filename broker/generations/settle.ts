import type { Logger } from 'pino';
import type { Output } from '../../shared/api/generations.ts';
import type { Model, Tariff } from '../../shared/catalogue/model.ts';
import { estimatePrice } from '../../shared/catalogue/price.ts';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { FailureReason } from '../../shared/failures.ts';
import type { Ledger, ReleasedState } from '../ledger/index.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type StoredGeneration, toFields } from './generation.ts';
import type { GenerationEvents } from './generation-events.ts';

const ACTOR = 'broker:generations';

/** What ending a generation needs. */
export interface SettleOptions {
  readonly ledger: Ledger;
  readonly events: GenerationEvents;
  readonly metrics: Metrics;
  readonly models: ReadonlyMap<string, Model>;
  readonly tariff: Tariff;
  readonly logger: Logger;
}

/** Charges what was delivered, never above the ceiling, and ends the generation with its pictures. */
export async function settleWithPictures(
  options: SettleOptions,
  generation: StoredGeneration,
  outputs: readonly Output[],
): Promise<void> {
  const { poolId, generationId, memberId, tag } = generation;
  const answer = await options.ledger.capture({
    poolId,
    generationId,
    memberId,
    tag,
    actual: priceOf(options, generation, outputs.length),
    reference: generationId,
    actor: ACTOR,
    fields: toFields({ outputs: [...outputs] }),
  });
  switch (answer.code) {
    case 'OK':
    case 'REPLAY':
      options.metrics.generationEnded(generation.details.modelId, 'succeeded');
      break;
    case 'TERMINAL':
      // Its hold was given back meanwhile, so nobody pays for it: the house does (design/ledger.md, rule 8).
      options.logger.warn({ generationId, hold: answer.standing.hold }, 'late result');
      options.metrics.lateResult();
      break;
    case 'UNKNOWN':
    case 'BAD_ARGUMENT':
      throw new InkpotError('internal', { cause: new Error(`capture of ${generationId} answered ${answer.code}`) });
    default:
      answer satisfies never;
  }
  await options.events.publish(generationId, { progress: null });
}

/** Gives everything back and ends the generation without pictures, with the reason in words. */
export async function settleWithout(
  options: SettleOptions,
  generation: StoredGeneration,
  reason: FailureReason,
): Promise<void> {
  const { poolId, generationId, memberId, tag } = generation;
  const state = stateOf(reason);
  const answer = await options.ledger.release({ poolId, generationId, memberId, tag, state, reason, actor: ACTOR });
  if (answer.code === 'UNKNOWN' || answer.code === 'BAD_ARGUMENT') {
    throw new InkpotError('internal', { cause: new Error(`release of ${generationId} answered ${answer.code}`) });
  }
  if (answer.code === 'OK') options.metrics.generationEnded(generation.details.modelId, state);
  await options.events.publish(generationId, { progress: null });
}

/** How a generation that ends for this reason is shown. */
function stateOf(reason: FailureReason): ReleasedState {
  switch (reason) {
    case 'moderated_input':
    case 'moderated_output':
      return 'refused';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'failed';
  }
}

/**
 * The price of the delivered part. A model that has left the catalogue since, or a price that rose, does not touch what
 * was promised: then the ceiling's share counts.
 */
function priceOf({ models, tariff }: SettleOptions, generation: StoredGeneration, delivered: number): Millicredits {
  const { ceiling, details } = generation;
  const asked = details.settings.count;
  const share = millicredits(Math.ceil((ceiling * delivered) / asked));
  const model = models.get(details.modelId);
  if (!model) return share;
  const { ceiling: price } = estimatePrice(model, { ...details.settings, count: delivered }, tariff);
  return millicredits(Math.min(price, delivered < asked ? share : ceiling));
}
