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

/** The till of a broker that has a Stripe account. */
export function createStripeTill(options: StripeTillOptions): Till & { readonly payments: PaymentSource } {
  const { stripe: settings, publicUrl, ...rest } = options;
  const stripe = createStripeClient(settings);
  const payments = createStripePayments({
    stripe,
    customers: createCustomers(rest.redis, stripe),
    livemode: /^[sr]k_live_/.test(settings.secretKey),
    publicUrl,
    automaticTax: settings.automaticTax,
  });
  return { ...createTill({ ...rest, payments }), payments };
}
