import { Router } from 'express';
import type { Pool } from '../../shared/api/pools.ts';
import { InkpotError } from '../../shared/errors.ts';
import { type WebSession, type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { CheckoutTestPage } from '../pages/checkout-test-page.tsx';
import { sendPage } from '../pages/send-page.tsx';
import { type OwnPools, ownPool, TopupQuery } from './checkout-router.tsx';
import { returnPath } from './open-session.ts';
import type { TestPayments } from './test-payments.ts';
import { isOver, type Topup } from './topup.ts';
import type { Topups } from './topups.ts';
import type { ReceiveEvent } from './webhook.ts';

export interface TestPaymentRouterOptions {
  readonly topups: Topups;
  readonly pools: OwnPools;
  readonly testPayments: TestPayments;
  /** The webhook's own handler, which knows nothing of tests. */
  readonly receive: ReceiveEvent;
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
}

/** `/checkout/test-payment`: where a development broker without Stripe sends people instead. */
export function testPaymentRouter(options: TestPaymentRouterOptions): Router {
  const { topups, pools, testPayments, receive, webSessions } = options;
  const { requireWebSession, requireOwnForm } = webSessions;

  async function find(session: WebSession, input: unknown): Promise<{ pool: Pool; topup: Topup }> {
    const { pool: poolId, topup: id } = parseInput(TopupQuery, input);
    const pool = await ownPool(pools, session, poolId);
    const topup = await topups.read({ pool: pool.id, id });
    if (!topup) throw new InkpotError('not_found', { detail: 'There is no such top-up.' });
    return { pool, topup };
  }

  const router = Router();
  router
    .route('/checkout/test-payment')
    .get(requireWebSession, async (req, res) => {
      const session = webSessionOf(res);
      const { pool, topup } = await find(session, req.query);
      if (isOver(topup.state)) return res.redirect(303, returnPath(topup));
      sendPage(res, <CheckoutTestPage session={session} pool={pool} topup={topup} />);
    })
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const { topup } = await find(webSessionOf(res), req.body);
      await testPayments.pay(topup, receive);
      res.redirect(303, returnPath(topup));
    })
    .all(methodNotAllowed('GET', 'POST'));
  return router;
}
