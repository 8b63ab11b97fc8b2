import { Router } from 'express';
import type { Logger } from 'pino';
import type { VNode } from 'preact';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Pool } from '../../shared/api/pools.ts';
import { ERRORS, InkpotError } from '../../shared/errors.ts';
import { type WebSession, type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { CheckoutPage, type CheckoutPageProps, type PaymentMode } from '../pages/checkout-page.tsx';
import { CheckoutReturnPage } from '../pages/checkout-return-page.tsx';
import { type PageOptions, sendPage } from '../pages/send-page.tsx';
import type { Arrangements } from './auto-topup/arrangements.ts';
import { billingRouter } from './billing-router.ts';
import { openSession } from './open-session.ts';
import { type OwnPools, ownPool } from './own-pool.ts';
import { CUSTOM, customPack, findPack, formatPrice, LEAST_CENTS, MOST_CENTS, PACKS } from './packs.ts';
import type { PaymentSource } from './payment-source.ts';
import type { Settlement } from './settlement.ts';
import { isOver, type Topup, type TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** What takes the money, where anything does. */
export interface Payments {
  readonly source: PaymentSource;
  readonly settlement: Settlement;
}

export interface CheckoutRouterOptions {
  readonly topups: Topups;
  readonly pools: OwnPools;
  readonly payments: Payments | null;
  /** In development without Stripe: pays at once, by the same signed event that Stripe would send. No money moves. */
  readonly payTest: ((topup: TopupName) => Promise<void>) | null;
  readonly mode: PaymentMode;
  /** Which pools top up by themselves; null where none can. */
  readonly arrangements: Pick<Arrangements, 'read'> | null;
  /** Where people are sent to pay, beside our own pages. */
  readonly formTargets: readonly string[];
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

const Id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const CheckoutQuery = z.object({ pool: z.string().optional() });
const Order = z.object({ pool: z.string(), order: Id, pack: z.string(), amount: z.string().max(32).default('') });
const TopupQuery = z.object({ pool: z.string(), topup: Id });

/** What is chosen in the form, and what is wrong with it. */
type Choice = Pick<CheckoutPageProps, 'chosen' | 'amount' | 'fault' | 'amountFault'>;

const FIRST_CHOICE: Choice = { chosen: PACKS[0].id, amount: '20' };

const AMOUNT_WORDS = `Type an amount from ${formatPrice(LEAST_CENTS)} to ${formatPrice(MOST_CENTS)}, such as 12 or 12.50.`;

/** `/checkout` and `/checkout/return`: choose a pack, be sent to pay, and see what became of it. */
export function checkoutRouter(options: CheckoutRouterOptions): Router {
  const { topups, pools, payments, payTest, mode, arrangements, formTargets, webSessions, clock, logger } = options;
  const { requireWebSession, requireOwnForm } = webSessions;
  const pageOptions: PageOptions = { formTargets };

  async function page(session: WebSession, pool: Pool, choice: Choice): Promise<VNode> {
    const payer = { pool: pool.id, account: session.accountId };
    const hasPortal = payments !== null && (await payments.source.hasPortal(payer).catch(() => false));
    const mayAuto = arrangements !== null && pool.role === 'owner';
    const auto = mayAuto ? ((await arrangements.read(pool.id)) ?? 'never') : null;
    return <CheckoutPage {...{ session, pool, mode, hasPortal, auto, ...choice }} packs={PACKS} orderKey={ulid()} />;
  }

  /** Asks again where a paid top-up has not arrived yet; what cannot be asked now, the webhook and the reconciler bring. */
  async function refresh(topup: Topup): Promise<Topup> {
    if (!payments || !topup.session || isOver(topup.state)) return topup;
    try {
      return (await payments.settlement.session(topup.session)) ?? topup;
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
      sendPage(res, await page(session, pool, FIRST_CHOICE), pageOptions);
    })
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const session = webSessionOf(res);
      const { pool: poolId, order, ...chosen } = parseInput(Order, req.body);
      const pool = await ownPool(pools, session, poolId);
      if (!payments) throw new InkpotError('top_up_not_configured', { detail: 'Ask whoever hosts this broker.' });
      const choice: Choice = { chosen: chosen.pack, amount: chosen.amount };
      const refuse = async (status: number, why: Pick<Choice, 'fault' | 'amountFault'>) =>
        sendPage(res, await page(session, pool, { ...choice, ...why }), { ...pageOptions, status });

      const pack = chosen.pack === CUSTOM ? customPack(chosen.amount) : findPack(chosen.pack);
      if (!pack && chosen.pack === CUSTOM) return refuse(422, { amountFault: AMOUNT_WORDS });
      if (!pack) throw new InkpotError('invalid_request', { detail: 'Choose one of the packs.' });
      try {
        const topup = await topups.create({ account: session.accountId, pool: pool.id, pack, key: order });
        const next = await openSession({ topups, payments: payments.source, clock }, topup, session.email);
        await payTest?.(topup);
        res.redirect(303, next);
      } catch (error) {
        if (!(error instanceof InkpotError)) throw error;
        logger.warn({ err: error.details.cause, code: error.code, pool: pool.id }, 'checkout could not be opened');
        await refuse(ERRORS[error.code].status, { fault: wordsFor(error) });
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

  if (payments) router.use(billingRouter({ topups, pools, source: payments.source, webSessions }));
  return router;
}

function wordsFor(error: InkpotError): string {
  if (error.code === 'idempotency_key_reused')
    return 'You have chosen another amount since your first click. Press Pay again.';
  return 'The payment page could not be opened. Nothing was charged: try again in a moment.';
}
