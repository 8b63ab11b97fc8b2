import { Router } from 'express';
import type { createSessions } from './sessions.ts';
import type { Store } from './store.ts';

/** Where a person is sent to pay: one button, which pays by card and goes to the success address. Also the portal. */
export function hostedPageRouter(store: Store, { find, pay }: ReturnType<typeof createSessions>): Router {
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
  router.get('/p/:customer', (req, res) => {
    const { email } = store.find('customer', req.params.customer);
    res.type('html').send(`<!doctype html><html lang="en"><title>Portal stand-in</title><p>${email}</p></html>`);
  });
  return router;
}
