import { createHash } from 'node:crypto';
import type { RedisClient } from '../redis/connect.ts';

/** Seconds that each `slow_down` adds to the interval (RFC 8628 §3.5). */
const SLOWER = 5;

/** A device code is forgotten by then. */
const FORGET_SECONDS = 20 * 60;

/** Clocks and networks are not exact: a poll may come this much before its time, in ms. */
const EARLY_MS = 500;

export interface PollPace {
  /** Counts a poll; false when it came sooner than the client was told to wait. */
  isInTime(deviceCode: string): Promise<boolean>;
}

/**
 * Keeps clients to the interval of the device grant, which oidc-provider leaves to its host.
 * @param intervalSeconds what clients are told to wait between two polls.
 */
export function createPollPace(redis: RedisClient, intervalSeconds: number): PollPace {
  return {
    async isInTime(deviceCode) {
      const hash = createHash('sha256').update(deviceCode).digest('base64url');
      const [last, slower] = [`oidc:poll:${hash}`, `oidc:slower:${hash}`];
      const interval = intervalSeconds + Number((await redis.get(slower)) ?? 0);
      const expiration = { type: 'PX', value: Math.max(1, interval * 1000 - EARLY_MS) } as const;
      if ((await redis.set(last, '1', { condition: 'NX', expiration })) !== null) return true;
      await redis.multi().incrBy(slower, SLOWER).expire(slower, FORGET_SECONDS).exec();
      return false;
    },
  };
}
