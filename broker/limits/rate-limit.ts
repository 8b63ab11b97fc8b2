import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';
import { evaluatingBySha } from '../redis/evaluate.ts';

export interface RateLimit {
  /**
   * Counts one try of `key`.
   * @throws InkpotError `rate_limited` when there were too many, `broker_busy` when they cannot be counted.
   */
  take(key: string): Promise<void>;
  /**
   * That a try is left, and counts none: where only some tries count, such as wrong guesses.
   * @throws InkpotError as `take` does.
   */
  requireLeft(key: string): Promise<void>;
}

export interface RateLimitOptions {
  /** Part of the keys in Redis. */
  readonly name: string;
  /** At most so many tries … */
  readonly points: number;
  /** … in so many seconds, by one key. */
  readonly seconds: number;
  /**
   * While Redis is away: `refuse` everybody (money, sign-in), or `count-here` in this broker's memory, for what may be
   * read by anybody.
   */
  readonly whenAway?: 'refuse' | 'count-here';
}

/** How long Redis may take to count, in ms. */
const PATIENCE = 2_000;

/** A limit that all brokers on one Redis share. */
export function createRateLimit(
  redis: RedisClient,
  { name, points, seconds, whenAway = 'refuse' }: RateLimitOptions,
): RateLimit {
  const limiter = new RateLimiterRedis({
    storeClient: evaluatingBySha(redis),
    useRedisPackage: true,
    keyPrefix: `rl:${name}`,
    points,
    duration: seconds,
    // Whoever is over the limit costs Redis nothing until the window has passed.
    inMemoryBlockOnConsumed: points + 1,
  });
  const local = whenAway === 'count-here' ? new RateLimiterMemory({ points, duration: seconds }) : null;
  return {
    async take(key) {
      const counted = withDeadline(PATIENCE, () => limiter.consume(key)).catch((fault: unknown) => {
        if (!local || isRefusal(fault)) throw fault;
        return local.consume(key);
      });
      await counted.catch(refuse);
    },
    async requireLeft(key) {
      const known = await withDeadline(PATIENCE, () => limiter.get(key)).catch(refuse);
      if (known && known.consumedPoints >= points) throw tooMany(known.msBeforeNext);
    },
  };
}

function refuse(fault: unknown): never {
  if (!isRefusal(fault)) throw new InkpotError('broker_busy', { cause: fault, retryAfterSeconds: 2 });
  throw tooMany(fault.msBeforeNext);
}

/** What the library throws is a refusal, or what went wrong with Redis. */
function isRefusal(fault: unknown): fault is RateLimiterRes {
  return fault instanceof RateLimiterRes;
}

function tooMany(ms: number): InkpotError {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return new InkpotError('rate_limited', {
    detail: `Wait ${describeWait(seconds)} and try again.`,
    retryAfterSeconds: seconds,
  });
}

/** Seconds as people say them: `1 second`, `40 seconds`, `15 minutes`, `3 hours`. */
export function describeWait(seconds: number): string {
  const [count, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 90 * 60
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3_600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
