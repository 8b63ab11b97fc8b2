import Stripe from 'stripe';
import { z } from 'zod';
import { formatCredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { type PaymentSession, type PaymentSource, SESSION_LIFETIME_MS } from './payment-source.ts';
import type { Topup } from './topup.ts';

/** What we write on a session; `v` tells later versions of this code what to expect. */
const Metadata = z.object({ topup: z.string(), pool: z.string(), v: z.literal('1') });

export interface StripePaymentsOptions {
  readonly stripe: Stripe;
  readonly livemode: boolean;
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
}

/**
 * Payments by Stripe Checkout. Both verbs may be repeated with the same top-up or session.
 * @throws InkpotError `broker_busy` when Stripe does not answer, `not_found` for a session it does not know, `internal`
 *   when it refuses what we ask.
 */
export function createStripePayments({ stripe, livemode, publicUrl }: StripePaymentsOptions): PaymentSource {
  return {
    livemode,

    async open(topup) {
      const session = await stripe.checkout.sessions
        .create(sessionParams(topup, publicUrl), { idempotencyKey: `topup_${topup.id}` })
        .catch(refuse);
      if (!session.url)
        throw new InkpotError('internal', { cause: `Stripe gave no address for session ${session.id}` });
      return { id: session.id, url: session.url };
    },

    async read(sessionId) {
      const session = await stripe.checkout.sessions.retrieve(sessionId, { expand: ['payment_intent'] }).catch(refuse);
      const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null;
      const ours = Metadata.safeParse(session.metadata);
      return {
        id: session.id,
        topup: ours.success ? { pool: ours.data.pool, id: ours.data.topup } : null,
        state: stateOf(session, intent),
        // A session that asked for no money has no payment intent.
        payment: intent?.id ?? session.id,
      };
    },
  };
}

/**
 * Depends on the record and on nothing else, because Stripe refuses an idempotency key that comes back with other
 * parameters.
 */
function sessionParams(topup: Topup, publicUrl: string): Stripe.Checkout.SessionCreateParams {
  const name = new URLSearchParams({ pool: topup.pool, topup: topup.id });
  const metadata: z.infer<typeof Metadata> & Record<string, string> = {
    v: '1',
    topup: topup.id,
    pool: topup.pool,
    pack: topup.pack,
    credits: String(topup.credits),
  };
  return {
    mode: 'payment',
    ui_mode: 'hosted_page',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: 'usd',
          unit_amount: topup.cents,
          product_data: { name: formatCredits(topup.credits), description: 'Credits for Inkpot. They never expire.' },
        },
      },
    ],
    client_reference_id: topup.pool,
    metadata,
    // Refunds and disputes carry the payment's metadata, not the session's.
    payment_intent_data: { metadata },
    customer_creation: 'always',
    expires_at: Math.floor((topup.createdAt + SESSION_LIFETIME_MS) / 1_000),
    success_url: `${publicUrl}/checkout/return?${name}`,
    cancel_url: `${publicUrl}/checkout?${new URLSearchParams({ pool: topup.pool })}`,
  };
}

function stateOf(
  { status, payment_status }: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | null,
): PaymentSession['state'] {
  if (status === 'expired') return 'expired';
  // An open session of a price of 0 says `no_payment_required` before anybody has agreed to it.
  if (status !== 'complete') return 'open';
  if (payment_status === 'paid' || payment_status === 'no_payment_required') return 'paid';
  // Unpaid: the bank is still at it, or has refused. Only the payment intent tells which.
  return intent?.status === 'requires_payment_method' || intent?.status === 'canceled' ? 'failed' : 'pending';
}

function refuse(error: unknown): never {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  // The error itself carries headers and bodies, which are not for the log.
  const { type, code, statusCode, requestId } = error;
  const cause = { type, code, statusCode, requestId };
  if (code === 'resource_missing') throw new InkpotError('not_found', { cause });
  if (isPassing(error)) throw new InkpotError('broker_busy', { cause, retryAfterSeconds: 5 });
  throw new InkpotError('internal', { cause });
}

function isPassing(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  const { StripeConnectionError, StripeAPIError, StripeRateLimitError } = Stripe.errors;
  return (
    error instanceof StripeConnectionError || error instanceof StripeAPIError || error instanceof StripeRateLimitError
  );
}
