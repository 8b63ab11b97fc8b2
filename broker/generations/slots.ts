import type { Logger } from 'pino';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Provider } from '../providers/provider.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';
import type { StoredGeneration } from './generation.ts';
import type { GenerationStore } from './generation-store.ts';
import takeSlotScript from './take-slot.lua';

/** Who wants to be sent where. */
type Sender = Pick<StoredGeneration, 'generationId' | 'memberId' | 'details'>;

/**
 * How much goes to one provider at once, from all brokers together, and whose turn it is: the next slot is for the
 * member who has the fewest, so that one person's hundred do not hold up another's one.
 */
export interface Slots {
  /** @returns 0 when it may be sent now, else after how many ms to ask again. */
  take(sender: Sender, limits: Provider['limits']): Promise<number>;
  /** Gives the slot back, once the job has ended or has gone elsewhere. */
  release(sender: Sender): Promise<void>;
}

/** Jobs under way at a provider that names no limit of its own. */
const ACTIVE_JOBS = 32;

/** When to ask again for a slot, in ms: long enough to cost nothing, short enough to be no wait of its own. */
const ASK_AGAIN = { least: 300, spread: 400 };

/** How long a slot is kept for a generation of which nothing is heard, in ms, where nobody else needs it. */
const SLOT_LIFE = 30 * 60_000;

/**
 * How often whoever finds no slot free may look whether their generations still need them, in ms: each look reads a record
 * per slot.
 */
const LOOK_EVERY = 5_000;

/** How long someone counts as waiting after they last asked, in ms. */
const WAITING_FOR = 3_000;

const PATIENCE = 2_000;

export interface SlotsOptions {
  /** What may be lost: without its counts everybody is sent at once. */
  readonly redis: RedisClient;
  /** Who needs a slot: it is told by the records, for a release may be lost and its broker may die. */
  readonly store: Pick<GenerationStore, 'isUnderWayAt'>;
  readonly logger: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  /** ms since 1970 */
  readonly clock: () => number;
}

export function createSlots({ redis, store, logger, random, clock }: SlotsOptions): Slots {
  const rates = new Map<number, RateLimiterRedis>();
  const lookedAt = new Map<string, number>();
  const slotsOf = (provider: string) => `slots:{${provider}}`;
  const askAgain = () => Math.round(ASK_AGAIN.least + random() * ASK_AGAIN.spread);

  async function hasSlot({ generationId, memberId, details }: Sender, limit: number): Promise<boolean> {
    const { provider } = details.route;
    const reply = await redis.eval(takeSlotScript, {
      keys: [slotsOf(provider), `slots:{${provider}}:waiting`],
      arguments: [memberId, generationId, String(limit), String(SLOT_LIFE), String(WAITING_FOR)],
    });
    return reply === 1;
  }

  /** Gives the slots back that nobody has given back. Whoever needs one finds it when they ask again. */
  async function freeUnneeded(provider: Provider['name']): Promise<void> {
    if (clock() - (lookedAt.get(provider) ?? Number.NEGATIVE_INFINITY) < LOOK_EVERY) return;
    lookedAt.set(provider, clock());
    const taken = await redis.zRange(slotsOf(provider), 0, -1);
    await Promise.all(
      taken.map(async (slot) => {
        const [, generationId = ''] = slot.split(' ');
        if (await store.isUnderWayAt(generationId, provider)) return;
        await redis.zRem(slotsOf(provider), slot);
        logger.warn({ generationId, provider }, 'a slot that nobody had given back is free');
      }),
    );
  }

  /** Counts a submit; whoever comes too early is told how long to wait, in ms. */
  async function countSubmit(provider: string, perMinute: number): Promise<number> {
    const rate =
      rates.get(perMinute) ??
      new RateLimiterRedis({
        storeClient: redis,
        useRedisPackage: true,
        keyPrefix: 'submits',
        points: perMinute,
        duration: 60,
      });
    rates.set(perMinute, rate);
    return rate.consume(provider).then(
      () => 0,
      (refusal: unknown) => {
        if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, ASK_AGAIN.least);
        throw refusal;
      },
    );
  }

  return {
    async take(sender, { activeJobs, submitsPerMinute }) {
      const { provider } = sender.details.route;
      try {
        return await withDeadline(PATIENCE, async () => {
          if (!(await hasSlot(sender, activeJobs ?? ACTIVE_JOBS))) {
            freeUnneeded(provider).catch((err: unknown) =>
              logger.warn({ err, provider }, 'it could not be seen which slots are needed'),
            );
            return askAgain();
          }
          return submitsPerMinute === null ? 0 : countSubmit(provider, submitsPerMinute);
        });
      } catch (err) {
        logger.warn({ err, provider }, 'slots could not be counted; it is sent without');
        return 0;
      }
    },

    async release({ generationId, memberId, details }) {
      const { provider } = details.route;
      await withDeadline(PATIENCE, () => redis.zRem(slotsOf(provider), `${memberId} ${generationId}`)).catch(
        (err: unknown) => logger.warn({ err, generationId }, 'a slot is kept until somebody needs it'),
      );
    },
  };
}
