import Stripe from 'stripe';
import { InkpotError } from '../../shared/errors.ts';
import type { Customers } from './customers.ts';
import type { Charge, PaymentSession, PaymentSource, ReturnedDispute } from './payment-source.ts';
import { type SessionSettings, sessionParams, topupIn } from './session-params.ts';
import { refuse } from './stripe-errors.ts';
import { listMoved, listSince } from './stripe-history.ts';
import type { Topup } from './topup.ts';

export interface StripePaymentsOptions extends SessionSettings {
  readonly stripe: Stripe;
  readonly customers: Customers;
  readonly livemode: boolean;
}

/**
 * Payments by Stripe Checkout. Every verb may be repeated.
 * @throws InkpotError as {@link refuse} says.
 */
export function createStripePayments(options: StripePaymentsOptions): PaymentSource {
  const { stripe, customers, livemode, publicUrl } = options;

  async function openFor(topup: Topup, customer: string): Promise<Stripe.Checkout.Session> {
    // The customer is part of the key: after one was deleted, the same top-up asks with another.
    const idempotencyKey = `topup_${topup.id}_${customer}`;
    return stripe.checkout.sessions.create(sessionParams(topup, customer, options), { idempotencyKey });
  }

  async function open(topup: Topup, email: string): Promise<Stripe.Checkout.Session> {
    try {
      return await openFor(topup, await customers.ensure(topup, email));
    } catch (error) {
      if (!isMissingCustomer(error)) throw error;
      await customers.forget(topup);
      return openFor(topup, await customers.ensure(topup, email));
    }
  }

  return {
    livemode,

    async open(topup, email) {
      const { id, url } = await open(topup, email).catch(refuse);
      if (!url) throw new InkpotError('internal', { cause: `Stripe gave no address for session ${id}` });
      return { id, url };
    },

    async readSession(sessionId) {
      const expand = ['payment_intent.latest_charge'];
      const session = await stripe.checkout.sessions.retrieve(sessionId, { expand }).catch(refuse);
      const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null;
      return {
        id: session.id,
        topup: topupIn(session.metadata),
        state: stateOf(session, intent),
        // A session that asked for no money has no payment.
        payment: intent ? chargeOf(intent) : { id: session.id, charged: 0, moved: false },
      };
    },

    async readPayment(paymentId) {
      // A session that asked for no money stands for its payment.
      if (paymentId.startsWith('cs_')) {
        const session = await stripe.checkout.sessions.retrieve(paymentId).catch(refuse);
        const paid = stateOf(session, null) === 'paid';
        return { id: paymentId, charged: 0, moved: false, topup: topupIn(session.metadata), paid };
      }
      const intent = await stripe.paymentIntents.retrieve(paymentId, { expand: ['latest_charge'] }).catch(refuse);
      return { ...chargeOf(intent), topup: topupIn(intent.metadata), paid: intent.status === 'succeeded' };
    },

    async listReturns(paymentId) {
      const query = { payment_intent: paymentId, limit: 100 };
      const [refunds, disputes] = await Promise.all([
        stripe.refunds.list(query).autoPagingToArray({ limit: 1_000 }),
        stripe.disputes.list(query).autoPagingToArray({ limit: 1_000 }),
      ]).catch(refuse);
      return {
        refunds: refunds.reverse().map(({ id, amount, status, metadata }) => ({
          id,
          amount,
          stands: status !== 'failed' && status !== 'canceled',
          ours: metadata?.refund ?? null,
        })),
        disputes: disputes.reverse().map(({ id, amount, status }) => ({ id, amount, status: disputeStatus(status) })),
      };
    },

    async refund({ id, payment, pool, amount, actor }) {
      const metadata = { v: '1', refund: id, pool, actor };
      const params = { payment_intent: payment, amount, reason: 'requested_by_customer', metadata } as const;
      try {
        await stripe.refunds.create(params, { idempotencyKey: `refund_${payment}_${id}` });
        return null;
      } catch (error) {
        // Nothing was given back, and asking again would change nothing.
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return error.code ?? error.type;
        return refuse(error);
      }
    },

    async receiptOf({ session, payment }) {
      if (session) {
        const { invoice } = await stripe.checkout.sessions.retrieve(session, { expand: ['invoice'] }).catch(refuse);
        if (invoice && typeof invoice === 'object' && invoice.hosted_invoice_url) return invoice.hosted_invoice_url;
      }
      if (!payment?.startsWith('pi_')) return null;
      const { latest_charge } = await stripe.paymentIntents
        .retrieve(payment, { expand: ['latest_charge'] })
        .catch(refuse);
      return latest_charge && typeof latest_charge === 'object' ? latest_charge.receipt_url : null;
    },

    hasPortal: async (payer) => (await customers.read(payer)) !== null,

    async openPortal(payer) {
      const customer = await customers.read(payer);
      if (!customer) return null;
      const return_url = `${publicUrl}/checkout?${new URLSearchParams({ pool: payer.pool })}`;
      const { url } = await stripe.billingPortal.sessions.create({ customer, return_url }).catch(refuse);
      return url;
    },

    listSince: (since) => listSince(stripe, since),
    listMoved: (from, until) => listMoved(stripe, from, until),
  };
}

function chargeOf({ id, amount_received, latest_charge }: Stripe.PaymentIntent): Charge {
  const charge = typeof latest_charge === 'object' ? latest_charge : null;
  return { id, charged: amount_received, moved: charge !== null && (charge.amount_refunded > 0 || charge.disputed) };
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

/** An inquiry takes no money; whatever is not known yet may have taken it, and is treated so. */
function disputeStatus(status: Stripe.Dispute.Status): ReturnedDispute['status'] {
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
    case 'warning_closed':
      return 'inquiry';
    case 'won':
    case 'prevented':
      return 'won';
    case 'lost':
      return 'lost';
    case 'appeal_needs_response':
    case 'appeal_under_review':
      return 'appeal';
    default:
      return 'open';
  }
}

function isMissingCustomer(error: unknown): boolean {
  const { StripeInvalidRequestError } = Stripe.errors;
  return error instanceof StripeInvalidRequestError && error.code === 'resource_missing' && error.param === 'customer';
}
