import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';
import { evaluatingBySha } from '../redis/evaluate.ts';
import { describeWait } from './rate-limit.ts';
import reserveScript from './reserve-spend.lua';

/** What a generation may cost at its provider, and when that was reserved. It goes into the generation's record. */
export interface Spend {
  readonly microUsd: number;
  /** ms since 1970 */
  readonly at: number;
}

/**
 * The cost breaker: how much all brokers together may spend on providers in a minute and in a day (UTC). It guards the
 * operator's money, so it counts on the ledger's server: where rate limits are, a counter may be evicted.
 */
export interface Spending {
  /**
   * Reserves what a new generation may cost.
   * @throws InkpotError `spending_paused` until the window passes or enough is given back; `broker_busy` when it cannot
   *   be counted.
   */
  reserve(microUsd: number): Promise<Spend>;
  /** Gives back what the provider will not bill. Where that fails, the window passes all the same. */
  giveBack(spend: Spend): Promise<void>;
}

export interface SpendingOptions {
  readonly redis: RedisClient;
  /** In US dollars. */
  readonly most: { readonly perMinute: number; readonly perDay: number };
  /** Calls the operator, once per window and broker. */
  readonly alarms: { raise(alarm: { kind: 'provider_spend'; about: string; what: string }): Promise<void> };
  /** ms since 1970 */
  readonly clock: () => number;
}

const MICRO_USD = 1_000_000;

/** How long Redis may take to count, in ms. */
const PATIENCE = 2_000;

export function createSpending({ redis, most, alarms, clock }: SpendingOptions): Spending {
  const windows = [
    createWindow(redis, 'minute', 60, most.perMinute),
    createWindow(redis, 'day', 86_400, most.perDay),
  ] as const;

  async function giveBack({ microUsd, at }: Spend, from: readonly Window[] = windows): Promise<void> {
    await Promise.allSettled(
      from.map(({ limiter, keyAt }) => withDeadline(PATIENCE, () => limiter.reward(keyAt(at), microUsd))),
    );
  }

  return {
    async reserve(microUsd) {
      const spend = { microUsd, at: clock() };
      const outcomes = await Promise.allSettled(
        windows.map(({ limiter, keyAt }) => withDeadline(PATIENCE, () => limiter.consume(keyAt(spend.at), microUsd))),
      );
      const fault = outcomes.findLast((outcome) => outcome.status === 'rejected');
      if (!fault) return spend;
      await giveBack(
        spend,
        windows.filter((_, index) => outcomes[index]?.status === 'fulfilled'),
      );
      if (!(fault.reason instanceof RateLimiterRes)) {
        throw new InkpotError('broker_busy', { cause: fault.reason, retryAfterSeconds: 2 });
      }
      const window = windows[outcomes.lastIndexOf(fault)] ?? windows[0];
      await callOperator(window, spend.at);
      throw paused(window.endAt(spend.at) - spend.at);
    },
    giveBack: (spend) => giveBack(spend),
  };

  async function callOperator(window: Window, at: number): Promise<void> {
    const key = window.keyAt(at);
    if (window.calledFor === key) return;
    window.calledFor = key;
    const what = `Providers have cost $${window.most} in this ${window.name}, the most that is allowed: new generations are refused until ${new Date(window.endAt(at)).toISOString()}.`;
    await alarms.raise({ kind: 'provider_spend', about: window.name, what });
  }
}

type Window = ReturnType<typeof createWindow>;

/** Windows begin with the UTC minute or day, so that what is given back later finds the one that it was taken from. */
function createWindow(redis: RedisClient, name: string, seconds: number, most: number) {
  const limiter = new RateLimiterRedis({
    storeClient: evaluatingBySha(redis),
    useRedisPackage: true,
    keyPrefix: `spend:${name}`,
    points: Math.round(most * MICRO_USD),
    duration: seconds,
    customIncrTtlLuaScript: reserveScript,
  });
  const indexAt = (at: number) => Math.floor(at / (seconds * 1000));
  return {
    name,
    most,
    limiter,
    keyAt: (at: number) => String(indexAt(at)),
    /** ms since 1970 */
    endAt: (at: number) => (indexAt(at) + 1) * seconds * 1000,
    /** The window for which the operator was called. */
    calledFor: '',
  };
}

function paused(ms: number): InkpotError {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return new InkpotError('spending_paused', {
    detail: `This broker has spent what its operator allows for now. Nothing was charged. Try again in ${describeWait(seconds)}.`,
    retryAfterSeconds: seconds,
  });
}
