import express, { Router } from 'express';
import { InkpotError } from '../../shared/errors.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { ReceiveEvent } from './webhook.ts';

/** A checkout event is a few kB; Stripe's largest are well below this. */
const LARGEST_EVENT = '256kb';

/**
 * `POST /webhooks/stripe`. Mount it before anything that parses bodies: the signature covers the body's exact bytes.
 * 200 means "needs no other delivery"; whatever is thrown becomes an answer that makes Stripe deliver again.
 */
export function webhookRouter(receive: ReceiveEvent | null): Router {
  const router = Router();
  router
    .route('/webhooks/stripe')
    .post(express.raw({ type: 'application/json', limit: LARGEST_EVENT }), async (req, res) => {
      if (!receive) throw new InkpotError('top_up_not_configured');
      const body: unknown = req.body;
      if (!Buffer.isBuffer(body)) throw new InkpotError('invalid_request', { detail: 'Send the event as JSON.' });
      await receive(body, req.get('Stripe-Signature') ?? '');
      res.json({ received: true });
    })
    .all(methodNotAllowed('POST'));
  return router;
}
