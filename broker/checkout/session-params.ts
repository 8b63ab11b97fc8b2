import type Stripe from 'stripe';
import { z } from 'zod';
import { formatCredits } from '../../shared/credits.ts';
import { SESSION_LIFETIME_MS } from './payment-source.ts';
import type { Topup, TopupName } from './topup.ts';

/** What we write on sessions, payments and refunds; `v` tells later versions of this code what to expect. */
const OurMetadata = z.object({ topup: z.string(), pool: z.string(), v: z.literal('1') });

/** The top-up that a session or payment names; null when it is not one of ours. */
export function topupIn(metadata: Stripe.Metadata | null): TopupName | null {
  const ours = OurMetadata.safeParse(metadata);
  return ours.success ? { pool: ours.data.pool, id: ours.data.topup } : null;
}

/** What says at Stripe whose money it is. Refunds and disputes carry the payment's, so a payment needs it too. */
export function metadataOf(topup: Topup): Record<string, string> {
  return {
    v: '1',
    topup: topup.id,
    pool: topup.pool,
    pack: topup.pack,
    credits: String(topup.credits),
  } satisfies z.infer<typeof OurMetadata> & Record<string, string>;
}

export interface SessionSettings {
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
  /** Whether Stripe Tax works out what comes on top: it needs registrations in the operator's dashboard. */
  readonly automaticTax: boolean;
}

/**
 * Depends on the record, the customer and settings only, because Stripe refuses an idempotency key that comes back with
 * other parameters. Prices are before tax. A completed session has an invoice, and a number for VAT on it if one was
 * given; what a payer types (name, address, tax number) is kept on the customer for the next time.
 */
export function sessionParams(
  topup: Topup,
  customer: string,
  { publicUrl, automaticTax }: SessionSettings,
): Stripe.Checkout.SessionCreateParams {
  const name = new URLSearchParams({ pool: topup.pool, topup: topup.id });
  const metadata = metadataOf(topup);
  const bought = formatCredits(topup.credits);
  return {
    mode: 'payment',
    ui_mode: 'hosted_page',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: 'usd',
          unit_amount: topup.cents,
          tax_behavior: 'exclusive',
          product_data: { name: bought, description: 'Credits for Inkpot. They never expire.' },
        },
      },
    ],
    client_reference_id: topup.pool,
    customer,
    customer_update: { name: 'auto', address: 'auto' },
    tax_id_collection: { enabled: true },
    automatic_tax: { enabled: automaticTax },
    allow_promotion_codes: true,
    invoice_creation: { enabled: true, invoice_data: { description: bought, metadata } },
    metadata,
    payment_intent_data: { metadata, description: `Inkpot: ${bought}` },
    expires_at: Math.floor((topup.createdAt + SESSION_LIFETIME_MS) / 1_000),
    success_url: `${publicUrl}/checkout/return?${name}`,
    cancel_url: `${publicUrl}/checkout?${new URLSearchParams({ pool: topup.pool })}`,
  };
}
