import { createHash, randomInt } from 'node:crypto';
import type { GenerationRequest } from '../../shared/api/generations.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import { MAX_SEED } from '../../shared/catalogue/settings.ts';
import { outputSize } from '../../shared/catalogue/size.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { TokenAccount } from '../auth/guard.ts';
import { claimId } from '../http/idempotency.ts';
import type { HoldAnswer, Ledger, PoolBalance, RecordFields } from '../ledger/index.ts';
import type { Pools } from '../pools/pools.ts';
import type { Provider } from '../providers/provider.ts';
import { verifyQuote } from '../quotes/quote-token.ts';
import { offeredModel, requireCapability } from '../quotes/quotes-router.ts';
import type { RedisClient } from '../redis/connect.ts';
import { type StoredGeneration, toFields } from './generation.ts';
import { newGenerationId } from './generation-id.ts';
import type { GenerationStore } from './generation-store.ts';
import type { Jobs } from './jobs.ts';

/** How long a hold may wait for a worker before the sweeper gives it back, in ms. */
const HOLD_LIFE = 30 * 60_000;

/** The most generations that a pool may have open at once. */
const MAX_OPEN_HOLDS = 50;

export interface CreateOptions {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  readonly pools: Pools;
  readonly store: GenerationStore;
  readonly jobs: Jobs;
  readonly offered: ReadonlyMap<string, Model>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly quoteKey: Uint8Array;
  /** @throws InkpotError `broker_busy` while nothing new may be held. */
  readonly requireSafe: () => void;
  readonly clock: () => number;
}

/** A generation that has its hold, and what that left in the pool. */
export interface Created {
  readonly generation: StoredGeneration;
  readonly balance: PoolBalance;
}

/**
 * Holds the quoted ceiling and hands the generation to a worker. Repeating it with the same key gives the same
 * generation, whatever died in between.
 * @throws InkpotError for a refusal: nothing was held, and the same key stays refused.
 */
export async function createGeneration(
  options: CreateOptions,
  account: TokenAccount,
  key: string,
  request: GenerationRequest,
): Promise<Created> {
  const { accountId } = account;
  const { clock, store, ledger, jobs } = options;
  const quote = await verifyQuote(options.quoteKey, request.quote, { accountId, settings: request.settings }, clock());
  const generationId = await claimId(options.redis, {
    scope: `${accountId}:generations`,
    key,
    body: request,
    id: newGenerationId(quote.poolId, clock()),
  });
  const known = await store.find(generationId);
  if (!known) {
    if (quote.expired) throw new InkpotError('quote_expired');
    options.requireSafe();
    await options.pools.read(accountId, quote.poolId);
    const model = offeredModel(options.offered, quote.modelId);
    requireCapability(model, request.settings);
    const answer = await ledger.hold({
      poolId: quote.poolId,
      generationId,
      memberId: accountId,
      ceiling: quote.ceiling,
      ttlMs: HOLD_LIFE,
      maxOpenHolds: MAX_OPEN_HOLDS,
      requestHash: createHash('sha256')
        .update(JSON.stringify([quote.modelId, quote.ceiling, request.settings]))
        .digest('base64url'),
      record: recordOf(options, model, account, request),
    });
    requireHeld(answer);
  }
  const generation = known ?? (await store.find(generationId));
  const balance = await ledger.readPool(quote.poolId);
  if (!generation || !balance)
    throw new InkpotError('internal', { cause: `no record of ${generationId} after its hold` });
  if (generation.hold === 'held') await jobs.enqueue(generation);
  return { generation, balance };
}

/** Everything that a worker or a reader will need, so that neither depends on tomorrow's catalogue. */
function recordOf(
  { providers }: CreateOptions,
  model: Model,
  account: TokenAccount,
  { settings, documentId }: GenerationRequest,
): RecordFields {
  const route = model.routes.find((candidate) => providers.has(candidate.provider));
  if (!route) throw new InkpotError('model_unavailable');
  return toFields({
    modelId: model.id,
    modelName: model.name,
    licence: model.licence,
    authorName: account.name,
    documentId,
    route,
    settings,
    size: { ...outputSize(model, settings) },
    seed: settings.seed ?? (model.seed ? randomInt(MAX_SEED) : undefined),
  });
}

const REFUSALS: Readonly<Record<Exclude<HoldAnswer['code'], 'OK' | 'REPLAY'>, ErrorCode>> = {
  CONFLICT: 'idempotency_key_reused',
  INSUFFICIENT: 'insufficient_credits',
  CAP: 'cap_reached',
  BUDGET: 'budget_spent',
  FROZEN: 'pool_frozen',
  TOO_MANY: 'too_many_holds',
  NOT_A_MEMBER: 'not_a_member',
};

function requireHeld({ code }: HoldAnswer): void {
  if (code !== 'OK' && code !== 'REPLAY') throw new InkpotError(REFUSALS[code]);
}
