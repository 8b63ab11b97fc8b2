import type { SavedCards } from './auto-topup/saved-cards.ts';
import { createStripeCards } from './auto-topup/stripe-cards.ts';
import { createCustomers } from './customers.ts';
import type { PaymentSource } from './payment-source.ts';
import { createStripeClient, type StripeOptions } from './stripe-client.ts';
import { createStripePayments } from './stripe-payments.ts';
import { createTill, type Till, type TillOptions } from './till.ts';

export interface StripeSettings extends StripeOptions {
  /** One, or two while the endpoint's secret is being replaced. */
  readonly webhookSecrets: readonly string[];
  readonly automaticTax: boolean;
}

export interface StripeTillOptions extends Omit<TillOptions, 'payments'> {
  readonly stripe: StripeSettings;
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
}

export interface StripeTill extends Till {
  readonly payments: PaymentSource;
  /** Null where taxes are worked out: Stripe does so in its own pages only, where nobody is. */
  readonly cards: SavedCards | null;
}

/** The till of a broker that has a Stripe account. */
export function createStripeTill(options: StripeTillOptions): StripeTill {
  const { stripe: settings, publicUrl, ...rest } = options;
  const stripe = createStripeClient(settings);
  const customers = createCustomers(rest.redis, stripe);
  const payments = createStripePayments({
    stripe,
    customers,
    livemode: /^[sr]k_live_/.test(settings.secretKey),
    publicUrl,
    automaticTax: settings.automaticTax,
  });
  const cards = settings.automaticTax ? null : createStripeCards({ stripe, customers, publicUrl });
  return { ...createTill({ ...rest, payments }), payments, cards };
}
