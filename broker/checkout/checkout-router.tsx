import { Router } from 'express';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Pool } from '../../shared/api/pools.ts';
import { ERRORS, InkpotError } from '../../shared/errors.ts';
import { type WebSession, type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { CheckoutPage, type PaymentMode } from '../pages/checkout-page.tsx';
import { CheckoutReturnPage } from '../pages/checkout-return-page.tsx';
import { type PageOptions, sendPage } from '../pages/send-page.tsx';
import type { Pools } from '../pools/pools.ts';
import { openSession } from './open-session.ts';
import { findPack, PACKS, type Pack } from './packs.ts';
import type { PaymentSource } from './payment-source.ts';
import type { Settle } from './settlement.ts';
import { isOver, type Topup, type TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** The pools that a person may top up: those they are in. */
export type OwnPools = Pick<Pools, 'read' | 'list'>;

/** What takes the money, where anything does. */
export interface Payments {
  readonly source: PaymentSource;
  readonly settle: Settle;
}

export interface CheckoutRouterOptions {
  readonly topups: Topups;
  readonly pools: OwnPools;
  readonly payments: Payments | null;
  /** In development without Stripe: pays at once, by the same signed event that Stripe would send. No money moves. */
  readonly payTest: ((topup: TopupName) => Promise<void>) | null;
  readonly mode: PaymentMode;
  /** Where people are sent to pay, beside our own pages. */
  readonly formTargets: readonly string[];
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

const Id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const CheckoutQuery = z.object({ pool: z.string().optional() });
const Order = z.object({ pool: z.string(), order: Id, pack: z.string().transform(findPack) });
const TopupQuery = z.object({ pool: z.string(), topup: Id });

/** `/checkout` and `/checkout/return`: choose a pack, be sent to pay, and see what became of it. */
export function checkoutRouter(options: CheckoutRouterOptions): Router {
  const { topups, pools, payments, payTest, mode, formTargets, webSessions, clock, logger } = options;
  const { requireWebSession, requireOwnForm } = webSessions;
  const pageOptions: PageOptions = { formTargets };

  function page(session: WebSession, pool: Pool, chosen: Pack, fault?: string) {
    const order = { session, pool, packs: PACKS, chosen, mode, orderKey: ulid(), fault };
    return <CheckoutPage {...order} />;
  }

  /** Asks again where a paid top-up has not arrived yet; what cannot be asked now, the webhook and the reconciler bring. */
  async function refresh(topup: Topup): Promise<Topup> {
    if (!payments || !topup.session || isOver(topup.state)) return topup;
    try {
      return (await payments.settle(topup.session)) ?? topup;
    } catch (error) {
      logger.warn({ err: error, topup: topup.id }, 'payment could not be read for its return page');
      return topup;
    }
  }

  const router = Router();

  router
    .route('/checkout')
    .get(requireWebSession, async (req, res) => {
      const session = webSessionOf(res);
      const pool = await ownPool(pools, session, parseInput(CheckoutQuery, req.query).pool);
      sendPage(res, page(session, pool, PACKS[0]), pageOptions);
    })
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const session = webSessionOf(res);
      const { pool: poolId, order, pack } = parseInput(Order, req.body);
      const pool = await ownPool(pools, session, poolId);
      if (!payments) throw new InkpotError('top_up_not_configured', { detail: 'Ask whoever hosts this broker.' });
      if (!pack) throw new InkpotError('invalid_request', { detail: 'Choose one of the packs.' });
      try {
        const topup = await topups.create({ account: session.accountId, pool: pool.id, pack, key: order });
        const next = await openSession({ topups, payments: payments.source, clock }, topup);
        await payTest?.(topup);
        res.redirect(303, next);
      } catch (error) {
        if (!(error instanceof InkpotError)) throw error;
        logger.warn({ err: error.details.cause, code: error.code, pool: pool.id }, 'checkout could not be opened');
        sendPage(res, page(session, pool, pack, wordsFor(error)), {
          ...pageOptions,
          status: ERRORS[error.code].status,
        });
      }
    })
    .all(methodNotAllowed('GET', 'POST'));

  router
    .route('/checkout/return')
    .get(requireWebSession, async (req, res) => {
      const session = webSessionOf(res);
      const query = parseInput(TopupQuery, req.query);
      const { id: pool } = await ownPool(pools, session, query.pool);
      const found = await topups.read({ pool, id: query.topup });
      if (!found) throw new InkpotError('not_found', { detail: 'There is no such top-up.' });
      const topup = await refresh(found);
      const after = await ownPool(pools, session, pool);
      const test = payments?.source.livemode === false;
      sendPage(res, <CheckoutReturnPage session={session} pool={after} topup={topup} test={test} />, pageOptions);
    })
    .all(methodNotAllowed('GET'));

  return router;
}

/**
 * The pool of this id, the personal one without an id.
 * @throws InkpotError `not_found`, also for a pool that exists and is somebody else's.
 */
async function ownPool(pools: OwnPools, { accountId }: WebSession, poolId: string | undefined): Promise<Pool> {
  if (poolId !== undefined) return pools.read(accountId, poolId);
  const [personal] = await pools.list(accountId);
  if (!personal) throw new InkpotError('not_found', { detail: 'You have no pool to top up.' });
  return personal;
}

function wordsFor(error: InkpotError): string {
  if (error.code === 'idempotency_key_reused')
    return 'You have chosen another pack since your first click. Press Pay again.';
  return 'The payment page could not be opened. Nothing was charged: try again in a moment.';
}
