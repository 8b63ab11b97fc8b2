import { Router } from 'express';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Pool } from '../../shared/api/pools.ts';
import { InkpotError } from '../../shared/errors.ts';
import { type WebSession, type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Ledger } from '../ledger/index.ts';
import { networkOf } from '../limits/network.ts';
import { createRateLimit } from '../limits/rate-limit.ts';
import { GiftPage, GiftRedeemedPage } from '../pages/gift-page.tsx';
import { sendPage } from '../pages/send-page.tsx';
import type { Pools } from '../pools/pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { GiftCodes } from './gift-codes.ts';
import { type Redeemed, redeem } from './redeem.ts';

export interface GiftRouterOptions {
  readonly redis: RedisClient;
  readonly codes: GiftCodes;
  readonly ledger: Pick<Ledger, 'topup'>;
  readonly pools: Pick<Pools, 'read' | 'list'>;
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
  readonly environment: 'development' | 'production';
  readonly logger: Logger;
}

/** Tries in 10 minutes, right or wrong. The tests of a development broker share one address. */
const TRIES = { account: 10, network: { production: 60, development: 10_000 }, seconds: 600 };

const PoolQuery = z.object({ pool: z.string().optional() });
const RedeemForm = z.object({
  pool: z.string(),
  code: z.string().max(100),
  order: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
});
const RedeemedQuery = z.object({ pool: z.string(), code: z.string().regex(/^[0-9a-f]{24}$/) });

/** `/gift` and `/gift/redeemed`: type a code, and see what it brought. */
export function giftRouter(options: GiftRouterOptions): Router {
  const { redis, codes, pools, webSessions, environment } = options;
  const { requireWebSession, requireOwnForm } = webSessions;
  const { seconds } = TRIES;
  const perAccount = createRateLimit(redis, { name: 'gift-account', points: TRIES.account, seconds });
  const perNetwork = createRateLimit(redis, { name: 'gift-network', points: TRIES.network[environment], seconds });

  async function page(session: WebSession, chosen: string | undefined, typed = '', fault?: string) {
    const own = await pools.list(session.accountId);
    const pool = own.find(({ id }) => id === chosen) ?? (chosen === undefined ? own[0] : undefined);
    if (!pool) throw new InkpotError('not_found', { detail: 'There is no such pool, or you are not in it.' });
    return <GiftPage session={session} pools={own} chosen={pool} orderKey={ulid()} typed={typed} fault={fault} />;
  }

  const router = Router();

  router
    .route('/gift')
    .get(requireWebSession, async (req, res) => {
      sendPage(res, await page(webSessionOf(res), parseInput(PoolQuery, req.query).pool));
    })
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const session = webSessionOf(res);
      const { pool: poolId, code: typed, order } = parseInput(RedeemForm, req.body);
      const pool = await pools.read(session.accountId, poolId);
      await perNetwork.take(networkOf(req.ip));
      await perAccount.take(session.accountId);
      const result = await redeem(options, { typed, pool: pool.id, account: session.accountId, order });
      if (result.outcome === 'GIVEN') {
        return res.redirect(303, `/gift/redeemed?${new URLSearchParams({ pool: pool.id, code: result.code })}`);
      }
      const { status, words } = refusalOf(result, pool);
      sendPage(res, await page(session, pool.id, typed, words), { status });
    })
    .all(methodNotAllowed('GET', 'POST'));

  router
    .route('/gift/redeemed')
    .get(requireWebSession, async (req, res) => {
      const session = webSessionOf(res);
      const query = parseInput(RedeemedQuery, req.query);
      const pool = await pools.read(session.accountId, query.pool);
      const redemption = await codes.readRedemption({ code: query.code, pool: pool.id });
      const code = redemption?.state === 'given' ? await codes.read(query.code) : null;
      if (!code) throw new InkpotError('not_found', { detail: 'This pool has redeemed no such code.' });
      sendPage(res, <GiftRedeemedPage session={session} pool={pool} credits={code.credits} />);
    })
    .all(methodNotAllowed('GET'));

  return router;
}

function refusalOf(refused: Exclude<Redeemed, { outcome: 'GIVEN' }>, pool: Pool): { status: number; words: string } {
  switch (refused.outcome) {
    case 'NO_CODE':
      return { status: 422, words: 'There is a slip in it: compare it, sign by sign, with the code you were given.' };
    case 'UNKNOWN':
      return { status: 404, words: 'There is no such gift code here: compare it with the one you were given.' };
    case 'USED':
      return { status: 409, words: `The pool ${pool.name} has had this code before. It works once for each pool.` };
    case 'EXHAUSTED':
      return { status: 410, words: 'This code has been redeemed as many times as it may be. None are left.' };
    case 'REVOKED':
      return { status: 410, words: 'This code was withdrawn: ask whoever gave it to you.' };
    case 'EXPIRED':
      return { status: 410, words: `This code could be redeemed until ${formatMoment(refused.expiresAt)}.` };
  }
}

/** The last minute in which a code was good: `31 December 2026, 23:59 UTC`. */
function formatMoment(end: number): string {
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${words.format(end - 1).replace(' at ', ', ')} UTC`;
}
