import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';

export interface RateLimit {
  /**
   * Counts one try of `key`.
   * @throws InkpotError `rate_limited` when there were too many, `broker_busy` when they cannot be counted: sign-in
   *   fails closed.
   */
  take(key: string): Promise<void>;
}

/** At most `points` tries per `seconds` and key. */
export function createRateLimit(redis: RedisClient, name: string, points: number, seconds: number): RateLimit {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    useRedisPackage: true,
    keyPrefix: `rl:${name}`,
    points,
    duration: seconds,
  });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw new InkpotError('broker_busy', { cause: refusal });
        throw new InkpotError('rate_limited', {
          detail: `Wait ${describeWait(refusal.msBeforeNext)} and try again.`,
          retryAfterSeconds: Math.ceil(refusal.msBeforeNext / 1000),
        });
      }
    },
  };
}

function describeWait(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes > 1 ? `${minutes} minutes` : 'a minute';
}
