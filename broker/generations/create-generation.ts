import { randomInt } from 'node:crypto';
import type { GenerationRequest } from '../../shared/api/generations.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import { MAX_SEED } from '../../shared/catalogue/settings.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { MICRO_USD_PER_MILLICREDIT, type Millicredits } from '../../shared/credits.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { TokenAccount } from '../auth/guard.ts';
import type { Attempt } from '../http/idempotency.ts';
import type { HoldAnswer, Ledger, PoolBalance } from '../ledger/index.ts';
import type { Limits } from '../limits/limits.ts';
import type { Spend, Spending } from '../limits/spending.ts';
import { type Path, pathsFor } from '../models/paths-for.ts';
import type { Roster } from '../models/roster.ts';
import type { Provider } from '../providers/provider.ts';
import type { QuoteReader, VerifiedQuote } from '../quotes/quote-token.ts';
import { requireCapability } from '../quotes/quotes-router.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { type Details, type QueuedGeneration, queuedGeneration, toFields } from './generation.ts';
import { generationIdIn } from './generation-id.ts';
import type { GenerationStore } from './generation-store.ts';
import type { Jobs } from './jobs.ts';

/** How long a hold may wait for a worker before the sweeper gives it back, in ms. */
const HOLD_LIFE = 30 * 60_000;

/** The most generations that a pool may have open at once, and that one of its members may: nobody takes all of it. */
const MAX_OPEN_HOLDS = 200;
const MAX_MEMBER_HOLDS = 50;

export interface CreateOptions {
  readonly ledger: Ledger;
  readonly store: GenerationStore;
  readonly jobs: Jobs;
  readonly limits: Pick<Limits, 'pool'>;
  readonly spending: Spending;
  /** How much dearer a credit is than what it buys at a provider. */
  readonly tariff: Tariff;
  readonly offered: Pick<Roster, 'offerOf'>;
  readonly providers: Pick<ReadonlyMap<string, Provider>, 'get'>;
  readonly uploads: Pick<Uploads, 'use'>;
  readonly readQuote: QuoteReader;
  /** @throws InkpotError `broker_busy` while nothing new may be held. */
  readonly requireSafe: () => void;
  readonly clock: () => number;
}

/** A generation that has its hold, and what that left in the pool. */
interface Held {
  readonly generation: QueuedGeneration;
  readonly balance: PoolBalance;
}

/** A generation that is on its way. */
export interface Created extends Held {
  /** Resolves when a worker has been told; where that failed, the sweeper does it. */
  readonly queued: Promise<void>;
}

/**
 * Holds the quoted ceiling and hands the generation to a worker. Repeating it under the same id gives the same
 * generation, whatever died in between.
 * @throws InkpotError for a refusal: nothing was held, and the same id stays refused.
 */
export async function createGeneration(
  options: CreateOptions,
  account: TokenAccount,
  attempt: Attempt,
  request: GenerationRequest,
): Promise<Created> {
  const { accountId } = account;
  const { clock, jobs } = options;
  const quote = await options.readQuote(request.quote, { accountId, settings: request.settings }, clock());
  const generationId = generationIdIn(quote.poolId, attempt.id);
  const earlier = attempt.isFirst ? null : await readCreated(options, generationId);
  const held = earlier ?? (await holdFor(options, account, { ...attempt, id: generationId }, request, quote));
  const isOpen = held.generation.hold === 'held';
  return { ...held, queued: isOpen ? jobs.enqueue(held.generation) : Promise.resolve() };
}

async function holdFor(
  options: CreateOptions,
  account: TokenAccount,
  { id: generationId, hash }: Attempt,
  request: GenerationRequest,
  { poolId, modelId, ceiling, expired }: VerifiedQuote,
): Promise<Held> {
  if (expired) throw new InkpotError('quote_expired');
  options.requireSafe();
  const offer = options.offered.offerOf(modelId);
  if (!offer) throw new InkpotError('model_unavailable');
  requireCapability(offer.model, request.settings);
  await options.uploads.use(account.accountId, request.settings);
  const paths = pathsFor(offer, request.settings, ceiling, options.tariff);
  const details = detailsOf(offer.model, paths, account, request);
  await options.limits.pool.take(poolId);
  const spend = await reserveSpend(options, paths, ceiling);
  const memberId = account.accountId;
  const answer = await options.ledger.hold({
    poolId,
    generationId,
    memberId,
    ceiling,
    ttlMs: HOLD_LIFE,
    maxOpenHolds: MAX_OPEN_HOLDS,
    maxMemberHolds: MAX_MEMBER_HOLDS,
    requestHash: hash,
    record: toFields({ ...details, spend }),
  });
  if (answer.code !== 'OK' && answer.code !== 'REPLAY') {
    if (spend) await options.spending.giveBack(spend);
    throw refusalOf(answer.code);
  }
  if (answer.repeated) {
    const created = await readCreated(options, generationId);
    if (!created) throw new InkpotError('internal', { cause: `no record of ${generationId} after its hold` });
    // Held by the same request somewhere else, which has reserved for it too.
    if (spend && created.generation.details.spend?.at !== spend.at) await options.spending.giveBack(spend);
    return created;
  }
  const { balance, createdAt } = answer;
  return { generation: queuedGeneration({ generationId, poolId, memberId, ceiling, createdAt, details }), balance };
}

/** What an earlier attempt under this id has made; null when it did not get that far. */
async function readCreated({ store, ledger }: CreateOptions, generationId: string): Promise<Held | null> {
  const generation = await store.find(generationId);
  const balance = generation && (await ledger.readPool(generation.poolId));
  return generation && balance && { generation, balance };
}

/** Everything that a worker or a reader will need, so that neither depends on tomorrow's catalogue. */
function detailsOf(
  model: Model,
  [first, ...others]: readonly Path[],
  account: TokenAccount,
  { settings, documentId }: GenerationRequest,
): Details {
  // Its price has risen above the quote, because the route that was quoted is down.
  if (!first) throw new InkpotError('quote_expired');
  return {
    modelId: model.id,
    modelName: model.name,
    licence: model.licence.text,
    authorName: account.name,
    documentId,
    kind: model.kind === 'video' ? 'video' : 'image',
    ...first,
    otherPaths: others.length > 0 ? others : undefined,
    settings,
    seed: settings.seed ?? (model.seed ? randomInt(MAX_SEED) : undefined),
  };
}

/**
 * A ceiling without its margin is the most that a provider bills, and it may go to any of these. Where a second job costs
 * nothing, so does the first.
 */
async function reserveSpend(
  { providers, spending, tariff }: CreateOptions,
  paths: readonly Path[],
  ceiling: Millicredits,
): Promise<Spend | undefined> {
  if (paths.every(({ route }) => providers.get(route.provider)?.submitIsRepeatable)) return undefined;
  return spending.reserve(Math.ceil((ceiling * MICRO_USD_PER_MILLICREDIT) / tariff.margin));
}

type Refusal = Exclude<HoldAnswer['code'], 'OK' | 'REPLAY'>;

/** Two refusals share a code, since the same helps: to wait. Whose generations are to be waited for, the words say. */
function refusalOf(code: Refusal): InkpotError {
  const detail = {
    TOO_MANY: `This pool has ${MAX_OPEN_HOLDS} generations under way: wait for one to finish.`,
    TOO_MANY_BY_MEMBER: `You have ${MAX_MEMBER_HOLDS} generations under way in this pool: wait for one to finish.`,
  };
  return new InkpotError(REFUSALS[code], code in detail ? { detail: detail[code as keyof typeof detail] } : {});
}

const REFUSALS: Readonly<Record<Refusal, ErrorCode>> = {
  CONFLICT: 'idempotency_key_reused',
  INSUFFICIENT: 'insufficient_credits',
  CAP: 'cap_reached',
  BUDGET: 'budget_spent',
  FROZEN: 'pool_frozen',
  TOO_MANY: 'too_many_holds',
  TOO_MANY_BY_MEMBER: 'too_many_holds',
  NOT_A_MEMBER: 'not_a_member',
};
