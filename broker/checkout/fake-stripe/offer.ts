import type { Request } from 'express';
import { z } from 'zod';
import type { createApi } from './api.ts';
import { pageOf, queryOf, repeated } from './list.ts';
import type { FakeKind } from './objects.ts';
import type { Payments } from './payments.ts';
import type { createRefunds } from './refunds.ts';
import { refused } from './refusal.ts';
import { type createSessions, Flag, Metadata, SessionParams, Whole } from './sessions.ts';
import { type createSetups, SetupParams } from './setups.ts';
import type { Store } from './store.ts';

const CustomerParams = z.strictObject({
  email: z.email().optional(),
  name: z.string().optional(),
  metadata: Metadata.optional(),
});

const IntentParams = z.strictObject({
  amount: Whole,
  currency: z.literal('usd'),
  customer: z.string(),
  payment_method: z.string().optional(),
  off_session: Flag.optional(),
  confirm: Flag.optional(),
  description: z.string().optional(),
  receipt_email: z.email().optional(),
  return_url: z.url().optional(),
  statement_descriptor_suffix: z.string().optional(),
  metadata: Metadata.optional(),
});

const RefundParams = z.strictObject({
  payment_intent: z.string(),
  amount: Whole.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: Metadata.optional(),
});

const PortalParams = z.strictObject({ customer: z.string(), return_url: z.url() });

export interface Till {
  readonly store: Store;
  readonly sessions: ReturnType<typeof createSessions>;
  readonly setups: ReturnType<typeof createSetups>;
  readonly payments: Payments;
  readonly refunds: ReturnType<typeof createRefunds>;
}

/** The part of Stripe's API that is spoken here. */
export function offer(api: ReturnType<typeof createApi>, { store, sessions, setups, payments, refunds }: Till): void {
  const readable = (kind: FakeKind, path: string) =>
    api.get(`${path}/:id`, (req) => store.find(kind, String(req.params.id)));
  readable('customer', '/customers');
  readable('payment_intent', '/payment_intents');
  readable('payment_method', '/payment_methods');
  readable('charge', '/charges');
  readable('refund', '/refunds');
  readable('dispute', '/disputes');
  readable('balance_transaction', '/balance_transactions');
  readable('invoice', '/invoices');
  readable('event', '/events');

  api.post('/customers', CustomerParams, ({ email = null, name = null, metadata }) =>
    store.create('customer', { email, name, invoice_settings: { default_payment_method: null }, metadata }),
  );
  api.get('/customers', (req) => {
    const email = queryOf(req).get('email');
    return pageOf(
      store.list('customer').filter((customer) => email === null || customer.email === email),
      req,
    );
  });

  api.post('/checkout/sessions', z.discriminatedUnion('mode', [SessionParams, SetupParams]), (params) =>
    params.mode === 'setup' ? setups.open(params) : sessions.open(params),
  );
  api.get('/checkout/sessions/:id', (req) => sessions.find(String(req.params.id)));
  api.post('/checkout/sessions/:id/expire', z.strictObject({}), (_params, req) => {
    const session = sessions.find(String(req.params.id));
    if (session.status !== 'open') throw refused('Only an open session can be expired.');
    sessions.expire(session.id);
    return session;
  });
  api.get('/checkout/sessions', (req) => {
    const query = queryOf(req);
    const all = store.list('checkout.session').map(({ id }) => sessions.find(id));
    return pageOf(
      all.filter((session) => fits(query, 'status', session.status) && ofPayment(query, session)),
      req,
    );
  });

  api.post('/payment_intents', IntentParams, (params) => {
    const { amount, customer, payment_method, confirm = false, metadata = {}, receipt_email } = params;
    store.find('customer', customer);
    if (payment_method && store.find('payment_method', payment_method).customer !== customer) {
      throw refused('The payment method is of no or another customer.', { param: 'payment_method' });
    }
    const draft = { amount, customer, metadata, receiptEmail: receipt_email };
    const intent = payments.createIntent(draft, 'requires_payment_method');
    if (confirm && payment_method) payments.confirm(intent, payment_method);
    return intent;
  });
  api.get('/payment_intents', (req) => pageOf(ofCustomer(store.list('payment_intent'), req), req));
  api.post('/payment_intents/:id/cancel', z.strictObject({}), (_params, req) => {
    const intent = store.find('payment_intent', String(req.params.id));
    if (intent.status === 'succeeded' || intent.status === 'canceled') {
      throw refused(`It is ${intent.status}.`, { code: 'payment_intent_unexpected_state' });
    }
    intent.status = 'canceled';
    store.happen('payment_intent.canceled', intent);
    return intent;
  });
  api.get('/payment_methods', (req) => pageOf(ofCustomer(store.list('payment_method'), req), req));
  api.post('/payment_methods/:id/detach', z.strictObject({}), (_params, req) => {
    const method = store.find('payment_method', String(req.params.id));
    method.customer = null;
    return method;
  });

  api.post('/refunds', RefundParams, ({ payment_intent, ...draft }) => refunds.refund(payment_intent, draft));
  for (const [kind, path] of [
    ['refund', '/refunds'],
    ['dispute', '/disputes'],
  ] as const) {
    api.get(path, (req) =>
      pageOf(
        store.list(kind).filter((object) => ofPayment(queryOf(req), object)),
        req,
      ),
    );
  }

  api.get('/balance_transactions', (req) => pageOf(store.list('balance_transaction'), req));

  api.post('/billing_portal/sessions', PortalParams, ({ customer, return_url }) => {
    store.find('customer', customer);
    return store.create('billing_portal.session', { customer, return_url, url: `${store.origin()}/p/${customer}` });
  });

  api.get('/events', (req) => {
    const types = repeated(queryOf(req), 'types');
    if (types.length > 20) throw refused('You may pass up to 20 types.', { param: 'types' });
    const young = store.list('event').filter(({ created }) => created * 1_000 > store.clock() - EVENTS_KEPT_MS);
    return pageOf(
      young.filter(({ type }) => types.length === 0 || types.includes(type)),
      req,
    );
  });
}

/** The API lists events of the last 30 days. */
const EVENTS_KEPT_MS = 30 * 24 * 3600_000;

function fits(query: URLSearchParams, name: string, value: string | null): boolean {
  return !query.has(name) || query.get(name) === value;
}

function ofPayment(query: URLSearchParams, { payment_intent }: { payment_intent: string | null }): boolean {
  return fits(query, 'payment_intent', payment_intent);
}

function ofCustomer<T extends { customer: string | null }>(objects: readonly T[], req: Request): T[] {
  return objects.filter(({ customer }) => fits(queryOf(req), 'customer', customer));
}
