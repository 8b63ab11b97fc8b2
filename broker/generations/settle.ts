import type { Logger } from 'pino';
import type { GenerationState, Output } from '../../shared/api/generations.ts';
import { estimatePrice, sumOf } from '../../shared/catalogue/estimate.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import { formatPicoUsd } from '../../shared/catalogue/pico-usd.ts';
import { findRoute, viewOf } from '../../shared/catalogue/route-view.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { FailureReason } from '../../shared/failures.ts';
import type { Ledger, RecordFields, ReleasedState } from '../ledger/index.ts';
import type { Spending } from '../limits/spending.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ModelTrust, TrustOutcome } from '../models/trust.ts';
import { deliveredPrice, type Margin, marginOf } from '../prices/delivered-price.ts';
import { costOf } from '../prices/reported-cost.ts';
import type { Provider } from '../providers/provider.ts';
import type { ReportedCost } from '../providers/reported-cost.ts';
import { type StoredGeneration, toFields } from './generation.ts';
import type { GenerationEvents } from './generation-events.ts';

const ACTOR = 'broker:generations';

type Cost = NonNullable<StoredGeneration['details']['cost']>;

/** What ending a generation needs. */
export interface SettleOptions {
  readonly ledger: Ledger;
  readonly events: GenerationEvents;
  readonly metrics: Metrics;
  readonly trust: Pick<ModelTrust, 'ended'>;
  readonly models: ReadonlyMap<string, Model>;
  readonly tariff: Tariff;
  readonly providers: Pick<ReadonlyMap<string, Provider>, 'get'>;
  readonly spending: Pick<Spending, 'giveBack'>;
  readonly logger: Logger;
  readonly clock: () => number;
}

/** What came of a job: the pictures that can be used. */
export interface Result {
  readonly outputs: readonly Output[];
  /** How many its provider made, the unusable ones included: they are billed too. */
  readonly made: number;
  /** What the provider says it bills. */
  readonly reported?: ReportedCost | undefined;
}

/**
 * Charges what was delivered, never above the ceiling, and ends the generation with its pictures. Where its hold has been
 * given back meanwhile, they are the person's all the same and nobody is charged (design/ledger.md, rule 8).
 * @returns whether the house pays: it came too late.
 */
export async function settleWithPictures(
  options: SettleOptions,
  generation: StoredGeneration,
  { outputs, made, reported }: Result,
): Promise<boolean> {
  const { poolId, generationId, memberId, tag, ceiling, details } = generation;
  const costOfGood = costOfDelivery(options, generation, outputs.length, reported);
  const cost = costOfDelivery(options, generation, made, reported);
  const delivery = {
    ceiling,
    asked: details.settings.count,
    delivered: outputs.length,
    costPicoUsd: costOfGood?.picoUsd ?? null,
  };
  const actual = deliveredPrice(delivery, options.tariff);
  const fields = toFields({ outputs: [...outputs], ...(cost && { cost }) });
  const answer = await options.ledger.capture({
    poolId,
    generationId,
    memberId,
    tag,
    actual,
    reference: generationId,
    actor: ACTOR,
    fields,
  });
  let isLate = false;
  switch (answer.code) {
    case 'OK':
    case 'REPLAY':
      noteEnd(options, generation, 'succeeded', outputs.length < details.settings.count ? 'partly' : 'delivered');
      if (answer.code === 'REPLAY') break;
      if (cost) keepBooks(options, generation, marginOf(actual, cost.picoUsd));
      // Where a second job costs nothing, nobody has billed this one.
      if (details.spend && options.providers.get(details.route.provider)?.submitIsRepeatable) {
        await options.spending.giveBack(details.spend);
      }
      break;
    case 'TERMINAL':
      isLate = await giveLate(options, generation, fields);
      break;
    case 'UNKNOWN':
    case 'BAD_ARGUMENT':
      throw new InkpotError('internal', { cause: new Error(`capture of ${generationId} answered ${answer.code}`) });
    default:
      answer satisfies never;
  }
  await options.events.publish(generationId, { progress: null });
  return isLate;
}

/** @returns whether there was anything to give: not when another one has settled it. */
async function giveLate(
  { ledger, logger, metrics }: SettleOptions,
  { poolId, generationId }: StoredGeneration,
  fields: RecordFields,
): Promise<boolean> {
  const { code, standing } = await ledger.late({ poolId, generationId, fields });
  if (code === 'OK') {
    logger.warn({ generationId, hold: standing.hold }, 'late result');
    metrics.lateResult();
  }
  return code === 'OK' || code === 'REPLAY';
}

/** For the operator, and for whoever picks this model next. What a person cancelled says nothing about the model. */
function noteEnd(
  { metrics, trust, clock }: SettleOptions,
  { details, createdAt }: StoredGeneration,
  state: GenerationState,
  outcome: TrustOutcome | null,
): void {
  metrics.generationEnded(details.modelId, state);
  if (outcome) trust.ended(details.modelId, outcome, clock() - createdAt);
}

/** For the operator: what this generation cost, brought and left. */
function keepBooks(
  { logger, metrics }: SettleOptions,
  { generationId, details }: StoredGeneration,
  books: Margin,
): void {
  const { revenue, cost, margin } = books;
  logger.info(
    { generationId, revenue: formatPicoUsd(revenue), cost: formatPicoUsd(cost), margin: formatPicoUsd(margin) },
    'settled',
  );
  metrics.settled(details.modelId, books);
}

/**
 * Gives everything back and ends the generation without pictures, with the reason in words.
 * @param billed whether its provider may bill it all the same.
 */
export async function settleWithout(
  options: SettleOptions,
  generation: StoredGeneration,
  reason: FailureReason,
  { billed }: { readonly billed: boolean },
): Promise<void> {
  const { poolId, generationId, memberId, tag } = generation;
  const state = stateOf(reason);
  const answer = await options.ledger.release({ poolId, generationId, memberId, tag, state, reason, actor: ACTOR });
  if (answer.code === 'UNKNOWN' || answer.code === 'BAD_ARGUMENT') {
    throw new InkpotError('internal', { cause: new Error(`release of ${generationId} answered ${answer.code}`) });
  }
  if (answer.code === 'OK') {
    noteEnd(options, generation, state, state === 'cancelled' ? null : state);
    if (generation.details.spend && !billed) await options.spending.giveBack(generation.details.spend);
  }
  await options.events.publish(generationId, { progress: null });
}

/** How a generation that ends for this reason is shown. */
function stateOf(reason: FailureReason): ReleasedState {
  switch (reason) {
    case 'moderated_input':
    case 'moderated_reference':
    case 'moderated_output':
      return 'refused';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'failed';
  }
}

/**
 * What the delivered part cost the operator: as the provider reported it, or else by the published price. A model or a
 * route that has left the catalogue since says nothing.
 */
function costOfDelivery(
  { models, tariff }: SettleOptions,
  { details }: StoredGeneration,
  delivered: number,
  reported: ReportedCost | undefined,
): Cost | null {
  const model = models.get(details.modelId);
  const route = model && findRoute(model, details.route);
  const view = model && route && viewOf(model, route);
  const known = reported ? costOf(reported, view?.price.tokens) : null;
  if (known !== null) return { picoUsd: known, reported: true };
  if (!view) return null;
  try {
    const { lines } = estimatePrice(view, { ...details.settings, count: delivered }, tariff);
    return { picoUsd: sumOf(lines), reported: false };
  } catch (error) {
    // The operator has taken away the choice that this was made with; the quote still stands.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
