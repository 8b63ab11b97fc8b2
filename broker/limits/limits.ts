import type { RequestHandler } from 'express';
import type { RedisClient } from '../redis/connect.ts';
import { networkOf } from './network.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

/** The most per minute, across all brokers. */
export interface LimitSettings {
  /** Requests of one address that show no account: pages, prices, sign-in, and each token's first use. */
  readonly address: number;
  /** Requests to the API by one account. */
  readonly account: number;
  /** New generations in one pool. */
  readonly pool: number;
}

/** Pictures that one account may hand in per minute: each is decoded, so they cost more than any other request. */
const UPLOADS = 60;

/** Statements that one account may download per minute: each is read from a pool's first entry on. */
const STATEMENTS = 6;

/** Who may ask how often. What many people behind one address do with their accounts is counted for each of them. */
export interface Limits {
  readonly address: RateLimit;
  readonly account: RateLimit;
  readonly pool: RateLimit;
  /** Pictures handed in by one account. */
  readonly uploads: RateLimit;
  /** Statements downloaded by one account. */
  readonly statements: RateLimit;
  /** Counts a request that anybody may make against its address; goes on while Redis is away. */
  readonly limitAddress: RequestHandler;
}

const MINUTE = 60;

export function createLimits(redis: RedisClient, { address, account, pool }: LimitSettings): Limits {
  const visitors = createRateLimit(redis, {
    name: 'visitor',
    points: address,
    seconds: MINUTE,
    whenAway: 'count-here',
  });
  return {
    address: createRateLimit(redis, { name: 'address', points: address, seconds: MINUTE }),
    account: createRateLimit(redis, { name: 'account', points: account, seconds: MINUTE }),
    pool: createRateLimit(redis, { name: 'pool', points: pool, seconds: MINUTE }),
    uploads: createRateLimit(redis, { name: 'uploads', points: UPLOADS, seconds: MINUTE }),
    statements: createRateLimit(redis, { name: 'statements', points: STATEMENTS, seconds: MINUTE }),
    async limitAddress(req, _res, next) {
      await visitors.take(networkOf(req.ip));
      next();
    },
  };
}
