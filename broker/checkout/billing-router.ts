import { Router } from 'express';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import { type WebSessions, webSessionOf } from '../accounts/web-session.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { type OwnPools, ownPool } from './own-pool.ts';
import type { PaymentSource } from './payment-source.ts';
import type { Topups } from './topups.ts';

export interface BillingRouterOptions {
  readonly topups: Pick<Topups, 'read'>;
  readonly pools: OwnPools;
  readonly source: Pick<PaymentSource, 'openPortal' | 'receiptOf'>;
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
}

const PortalForm = z.object({ pool: z.string() });
const ReceiptQuery = z.object({ pool: z.string(), topup: z.string().max(64) });

/**
 * `/checkout/portal` and `/checkout/receipt`: sends people to Stripe's pages about what they bought. Everybody sees
 * their own purchases; a receipt is shown to the pool's owner and admins too.
 */
export function billingRouter({ topups, pools, source, webSessions }: BillingRouterOptions): Router {
  const { requireWebSession, requireOwnForm } = webSessions;
  const router = Router();

  router
    .route('/checkout/portal')
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const session = webSessionOf(res);
      const { id: pool } = await ownPool(pools, session, parseInput(PortalForm, req.body).pool);
      const url = await source.openPortal({ pool, account: session.accountId });
      if (!url) throw new InkpotError('not_found', { detail: 'You have bought nothing for this pool yet.' });
      res.redirect(303, url);
    })
    .all(methodNotAllowed('POST'));

  router
    .route('/checkout/receipt')
    .get(requireWebSession, async (req, res) => {
      const session = webSessionOf(res);
      const query = parseInput(ReceiptQuery, req.query);
      const pool = await ownPool(pools, session, query.pool);
      const topup = await topups.read({ pool: pool.id, id: query.topup });
      const mayRead = topup?.account === session.accountId || pool.role !== 'member';
      const url = topup && mayRead && (await source.receiptOf(topup));
      if (!url) throw new InkpotError('not_found', { detail: 'There is no receipt of this top-up yet.' });
      res.redirect(303, url);
    })
    .all(methodNotAllowed('GET'));

  return router;
}
