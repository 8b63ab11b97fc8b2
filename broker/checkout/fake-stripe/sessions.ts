import { z } from 'zod';
import type { FakePaymentIntent, FakeSession } from './objects.ts';
import type { Payments } from './payments.ts';
import { refused } from './refusal.ts';
import type { FakeEvent, Store } from './store.ts';

export const Whole = z.string().regex(/^\d+$/).transform(Number);
export const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const Metadata = z.record(z.string().max(40), z.string().max(500));
const Enabled = z.strictObject({ enabled: Flag });

/** What `POST /v1/checkout/sessions` may say here of a payment; anything else is refused, as Stripe refuses what it does not know. */
export const SessionParams = z.strictObject({
  mode: z.literal('payment'),
  ui_mode: z.literal('hosted_page'),
  line_items: z
    .array(
      z.strictObject({
        quantity: Whole,
        price_data: z.strictObject({
          currency: z.literal('usd'),
          unit_amount: Whole,
          tax_behavior: z.enum(['exclusive', 'inclusive']).optional(),
          product_data: z.strictObject({
            name: z.string().min(1),
            description: z.string().optional(),
            tax_code: z.string().optional(),
          }),
        }),
      }),
    )
    .min(1),
  client_reference_id: z.string().max(200).optional(),
  metadata: Metadata.optional(),
  payment_intent_data: z
    .strictObject({
      metadata: Metadata.optional(),
      receipt_email: z.email().optional(),
      setup_future_usage: z.literal('off_session').optional(),
      description: z.string().optional(),
    })
    .optional(),
  customer: z.string().optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  customer_update: z
    .strictObject({ name: z.enum(['auto', 'never']).optional(), address: z.enum(['auto', 'never']).optional() })
    .optional(),
  allow_promotion_codes: Flag.optional(),
  automatic_tax: Enabled.optional(),
  tax_id_collection: Enabled.optional(),
  invoice_creation: z
    .strictObject({
      enabled: Flag,
      invoice_data: z.strictObject({ metadata: Metadata.optional(), description: z.string().optional() }).optional(),
    })
    .optional(),
  custom_text: z.strictObject({ submit: z.strictObject({ message: z.string().max(1_200) }) }).optional(),
  expires_at: Whole,
  success_url: z.url(),
  cancel_url: z.url().optional(),
});
export type SessionParams = z.infer<typeof SessionParams>;

/** Checkout sessions, and what people do with them. */
export function createSessions(store: Store, payments: Payments) {
  const asked = new Map<string, NonNullable<SessionParams['payment_intent_data']>>();

  function find(id: string): FakeSession {
    const session = store.find('checkout.session', id);
    if (session.status === 'open' && session.expires_at * 1_000 <= store.clock()) close(session, 'expired');
    return session;
  }

  function close(session: FakeSession, status: 'complete' | 'expired'): void {
    session.status = status;
    session.url = null;
  }

  function complete(id: string): FakeSession {
    const session = find(id);
    if (session.status !== 'open') throw refused('The session is not open.');
    close(session, 'complete');
    return session;
  }

  function intentOf(session: FakeSession, status: FakePaymentIntent['status']): FakePaymentIntent {
    const { metadata = {}, receipt_email, setup_future_usage } = asked.get(session.id) ?? {};
    const intent = payments.createIntent(
      {
        amount: session.amount_total,
        customer: session.customer,
        metadata,
        setupFutureUsage: setup_future_usage,
        receiptEmail: receipt_email,
      },
      status,
    );
    session.payment_intent = intent.id;
    return intent;
  }

  function markPaid(session: FakeSession): void {
    session.payment_status = 'paid';
    const saving = asked.get(session.id)?.setup_future_usage;
    if (saving && session.customer) payments.saveCard(session.customer);
    if (!session.invoice_creation.enabled) return;
    session.invoice = store.create('invoice', {
      customer: session.customer,
      status: 'paid',
      total: session.amount_total,
      hosted_invoice_url: `${store.origin()}/invoices/${session.id}`,
      invoice_pdf: `${store.origin()}/invoices/${session.id}/pdf`,
    }).id;
  }

  return {
    find,

    open(params: SessionParams): FakeSession {
      checkParams(store, params);
      const amount = params.line_items.reduce((total, item) => total + item.quantity * item.price_data.unit_amount, 0);
      const session = store.create('checkout.session', {
        mode: 'payment',
        ui_mode: 'hosted_page',
        status: 'open',
        payment_status: 'unpaid',
        payment_intent: null,
        setup_intent: null,
        customer: params.customer ?? null,
        invoice: null,
        amount_total: amount,
        currency: 'usd',
        client_reference_id: params.client_reference_id ?? null,
        success_url: params.success_url,
        cancel_url: params.cancel_url ?? null,
        expires_at: params.expires_at,
        url: null,
        allow_promotion_codes: params.allow_promotion_codes ?? false,
        automatic_tax: { enabled: params.automatic_tax?.enabled ?? false },
        tax_id_collection: { enabled: params.tax_id_collection?.enabled ?? false },
        invoice_creation: { enabled: params.invoice_creation?.enabled ?? false },
        metadata: params.metadata,
      });
      session.url = `${store.origin()}/c/pay/${session.id}`;
      if (params.payment_intent_data) asked.set(session.id, params.payment_intent_data);
      return session;
    },

    /** A card pays: complete and paid at once. */
    pay(id: string): FakeEvent {
      const session = complete(id);
      payments.succeed(intentOf(session, 'processing'));
      markPaid(session);
      return store.happen('checkout.session.completed', session);
    },

    /** A session of a price of 0 is completed: there is no payment intent. */
    completeFree(id: string): FakeEvent {
      return store.happen('checkout.session.completed', complete(id));
    },

    /** A bank debit is agreed to: complete, but unpaid for days. */
    payLater(id: string): FakeEvent {
      const session = complete(id);
      store.happen('payment_intent.processing', intentOf(session, 'processing'));
      return store.happen('checkout.session.completed', session);
    },

    /** The bank has answered about a debit. */
    settleLater(id: string, outcome: 'succeeded' | 'failed'): FakeEvent {
      const session = find(id);
      if (!session.payment_intent) throw new Error('nobody has agreed to pay this session');
      const intent = store.find('payment_intent', session.payment_intent);
      if (outcome === 'succeeded') {
        payments.succeed(intent);
        markPaid(session);
      } else payments.fail(intent, 'bank_account_restricted');
      return store.happen(`checkout.session.async_payment_${outcome}`, session);
    },

    /** A promotion brings the price down before it is paid; to 0, where nothing is left to pay. */
    discount(id: string, cents: number): void {
      const session = find(id);
      session.amount_total = Math.max(0, session.amount_total - cents);
      if (session.amount_total === 0) session.payment_status = 'no_payment_required';
    },

    /** Taxes come on top of the price. */
    addTax(id: string, cents: number): void {
      find(id).amount_total += cents;
    },

    expire(id: string): FakeEvent {
      const session = find(id);
      close(session, 'expired');
      return store.happen('checkout.session.expired', session);
    },
  };
}

/** Rules between parameters that Stripe has (docs.stripe.com/api/checkout/sessions/create). */
function checkParams(store: Store, params: SessionParams): void {
  const fromNow = params.expires_at - Math.floor(store.clock() / 1_000);
  if (fromNow < 30 * 60 || fromNow > 24 * 3600) {
    const message = 'The `expires_at` timestamp must be between 30 minutes and 24 hours from now.';
    throw refused(message, { param: 'expires_at' });
  }
  if (!params.customer) return;
  const { customer_update: update } = params;
  if (!store.map('customer').has(params.customer)) {
    throw refused(`No such customer: '${params.customer}'`, { code: 'resource_missing', param: 'customer' });
  }
  if (params.customer_creation) throw refused('`customer` or `customer_creation`, not both.');
  if (params.tax_id_collection?.enabled && update?.name !== 'auto') {
    throw refused('Tax ID collection requires updating business name on the customer: `customer_update[name]`.');
  }
  if (params.automatic_tax?.enabled && update?.address !== 'auto') {
    throw refused('Automatic tax calculation requires an address on the customer: `customer_update[address]`.');
  }
}
