import type { FakeCharge, FakePaymentIntent } from './objects.ts';
import { StripeRefusal } from './refusal.ts';
import type { Store } from './store.ts';

/** What a saved card does when it is charged while its owner is away. */
export type CardBehaviour = 'pays' | 'requires_action' | 'declined';

export interface IntentDraft {
  readonly amount: number;
  readonly customer: string | null;
  readonly metadata: Record<string, string>;
  readonly setupFutureUsage?: 'off_session' | undefined;
  readonly receiptEmail?: string | undefined;
}

export type Payments = ReturnType<typeof createPayments>;

/** Payment intents, their charges, and cards that were saved for later. */
export function createPayments(store: Store) {
  const cards = new Map<string, CardBehaviour>();

  function createIntent(draft: IntentDraft, status: FakePaymentIntent['status']): FakePaymentIntent {
    const intent = store.create('payment_intent', {
      amount: draft.amount,
      amount_received: 0,
      currency: 'usd',
      status,
      customer: draft.customer,
      payment_method: null,
      latest_charge: null,
      setup_future_usage: draft.setupFutureUsage ?? null,
      receipt_email: draft.receiptEmail ?? null,
      last_payment_error: null,
      metadata: draft.metadata,
    });
    store.happen('payment_intent.created', intent);
    return intent;
  }

  function succeed(intent: FakePaymentIntent): FakeCharge {
    const charge = store.create('charge', {
      amount: intent.amount,
      amount_refunded: 0,
      refunded: false,
      disputed: false,
      currency: 'usd',
      status: 'succeeded',
      paid: true,
      customer: intent.customer,
      payment_intent: intent.id,
      receipt_url: `${store.origin()}/receipts/${intent.id}`,
      metadata: intent.metadata,
    });
    store.book(charge.id, 'charge', charge.amount);
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    intent.latest_charge = charge.id;
    store.happen('charge.succeeded', charge);
    store.happen('payment_intent.succeeded', intent);
    return charge;
  }

  function fail(intent: FakePaymentIntent, code: string): void {
    intent.status = 'requires_payment_method';
    intent.last_payment_error = { code, type: 'card_error' };
    store.happen('payment_intent.payment_failed', intent);
  }

  /** Charges a saved card. @throws StripeRefusal 402 as Stripe does when the bank refuses or wants its customer. */
  function confirm(intent: FakePaymentIntent, methodId: string): void {
    const method = store.find('payment_method', methodId);
    intent.payment_method = method.id;
    const behaviour = cards.get(method.id) ?? 'pays';
    if (behaviour === 'pays') {
      succeed(intent);
      return;
    }
    const code = behaviour === 'requires_action' ? 'authentication_required' : 'card_declined';
    fail(intent, code);
    throw new StripeRefusal(402, { type: 'card_error', code, message: code, payment_intent: intent });
  }

  return {
    createIntent,
    succeed,
    fail,
    confirm,

    /** A card of a customer, kept for later. */
    saveCard(customer: string, behaviour: CardBehaviour = 'pays'): string {
      const method = store.create('payment_method', {
        type: 'card',
        customer,
        card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
      });
      cards.set(method.id, behaviour);
      store.find('customer', customer).invoice_settings.default_payment_method ??= method.id;
      store.happen('payment_method.attached', method);
      return method.id;
    },

    /** From now on, the card does this. */
    setCard(method: string, behaviour: CardBehaviour): void {
      cards.set(method, behaviour);
    },
  };
}
