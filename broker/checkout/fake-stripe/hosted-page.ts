import { Router } from 'express';
import type { FakeSession } from './session.ts';

export interface HostedPageOptions {
  /** @throws StripeRefusal 404 */
  find(id: string): FakeSession;
  pay(id: string): void;
}

/** Where a person is sent to pay: one button, which pays by card and goes to the success address. */
export function hostedPageRouter({ find, pay }: HostedPageOptions): Router {
  const router = Router();
  router.get('/c/pay/:id', (req, res) => {
    const { amount_total, currency } = find(req.params.id);
    res.type('html').send(`<!doctype html><html lang="en"><title>Stripe stand-in</title>
      <form method="post"><p>${amount_total} ${currency}</p><button>Pay</button></form></html>`);
  });
  router.post('/c/pay/:id', (req, res) => {
    const { id, success_url } = find(req.params.id);
    pay(id);
    res.redirect(303, success_url);
  });
  return router;
}
