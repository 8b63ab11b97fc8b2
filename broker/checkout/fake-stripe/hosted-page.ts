import { Router } from 'express';
import type { createSessions } from './sessions.ts';
import type { createSetups } from './setups.ts';
import type { Store } from './store.ts';

/** Where a person is sent to pay, or to save a card: one button, which does it and goes to the success address. Also the portal. */
export function hostedPageRouter(
  store: Store,
  { find, pay }: ReturnType<typeof createSessions>,
  { saveOnPage }: ReturnType<typeof createSetups>,
): Router {
  const router = Router();
  router.get('/c/pay/:id', (req, res) => {
    const { amount_total, currency, mode } = find(req.params.id);
    res.type('html').send(`<!doctype html><html lang="en"><title>Stripe stand-in</title>
      <form method="post"><p>${amount_total} ${currency}</p><button>${mode === 'setup' ? 'Save card' : 'Pay'}</button></form></html>`);
  });
  router.post('/c/pay/:id', (req, res) => {
    const { id, success_url, mode } = find(req.params.id);
    if (mode === 'setup') saveOnPage(id);
    else pay(id);
    res.redirect(303, success_url);
  });
  router.get('/p/:customer', (req, res) => {
    const { email } = store.find('customer', req.params.customer);
    res.type('html').send(`<!doctype html><html lang="en"><title>Portal stand-in</title><p>${email}</p></html>`);
  });
  return router;
}
