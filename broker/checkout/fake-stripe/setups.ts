import { z } from 'zod';
import type { FakeSession } from './objects.ts';
import type { CardBehaviour, Payments } from './payments.ts';
import { refused } from './refusal.ts';
import { Metadata } from './sessions.ts';
import type { FakeEvent, Store } from './store.ts';

/** What `POST /v1/checkout/sessions` may say here of a card that is to be saved. */
export const SetupParams = z.strictObject({
  mode: z.literal('setup'),
  ui_mode: z.literal('hosted_page'),
  currency: z.literal('usd'),
  customer: z.string(),
  metadata: Metadata.optional(),
  success_url: z.url(),
  cancel_url: z.url().optional(),
});

/** Without a wish, a session lasts a day, in seconds. */
const LIFETIME_S = 24 * 3600;

/** Checkout sessions in which a card is saved and nothing is paid. */
export function createSetups(store: Store, payments: Payments) {
  return {
    open({ customer, success_url, cancel_url, metadata }: z.infer<typeof SetupParams>): FakeSession {
      if (!store.map('customer').has(customer)) {
        throw refused(`No such customer: '${customer}'`, { code: 'resource_missing', param: 'customer' });
      }
      const intent = store.create('setup_intent', {
        customer,
        usage: 'off_session',
        status: 'requires_payment_method',
        payment_method: null,
      });
      const session = store.create('checkout.session', {
        mode: 'setup',
        ui_mode: 'hosted_page',
        status: 'open',
        payment_status: 'no_payment_required',
        payment_intent: null,
        setup_intent: intent.id,
        customer,
        invoice: null,
        amount_total: 0,
        currency: 'usd',
        client_reference_id: null,
        success_url,
        cancel_url: cancel_url ?? null,
        expires_at: Math.floor(store.clock() / 1_000) + LIFETIME_S,
        url: null,
        allow_promotion_codes: false,
        automatic_tax: { enabled: false },
        tax_id_collection: { enabled: false },
        invoice_creation: { enabled: false },
        metadata,
      });
      session.url = `${store.origin()}/c/pay/${session.id}`;
      return session;
    },

    /** A person types a card, which from then on behaves like this while they are away. */
    saveOnPage(id: string, behaviour: CardBehaviour = 'pays'): FakeEvent {
      const session = store.find('checkout.session', id);
      const intent = store.find('setup_intent', session.setup_intent ?? '');
      intent.payment_method = payments.saveCard(intent.customer, behaviour);
      intent.status = 'succeeded';
      session.status = 'complete';
      session.url = null;
      store.happen('setup_intent.succeeded', intent);
      return store.happen('checkout.session.completed', session);
    },
  };
}
