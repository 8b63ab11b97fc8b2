import Stripe from 'stripe';
import { formatCredits } from '../../../shared/credits.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { Customers } from '../customers.ts';
import { metadataOf, topupIn } from '../session-params.ts';
import { describeError, refuse } from '../stripe-errors.ts';
import type { Topup } from '../topup.ts';
import type { StopReason } from './arrangement.ts';
import type { ChargeState, SavedCard, SavedCards } from './saved-cards.ts';

export interface StripeCardsOptions {
  readonly stripe: Stripe;
  readonly customers: Customers;
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
}

/** Stripe's clock is not ours, in ms. */
const CLOCKS_MS = 10 * 60_000;

/**
 * Cards saved by Stripe Checkout in setup mode, and charged off-session (docs.stripe.com/payments/save-and-reuse).
 * @throws InkpotError as {@link refuse} says.
 */
export function createStripeCards({ stripe, customers, publicUrl }: StripeCardsOptions): SavedCards {
  const pageOf = (pool: string) => `${publicUrl}/checkout/auto?${new URLSearchParams({ pool })}`;

  /** A payment that the bank refused could still be tried by somebody who has its secret: that ends here. */
  async function close(intent: Stripe.PaymentIntent): Promise<ChargeState> {
    const state = stateOf(intent);
    if (state.state === 'refused' && intent.status !== 'canceled') {
      await stripe.paymentIntents.cancel(intent.id).catch(refuse);
    }
    return state;
  }

  async function find(topup: Topup): Promise<ChargeState | null> {
    const created = { gte: Math.floor((topup.createdAt - CLOCKS_MS) / 1_000) };
    const query = { customer: topup.customer ?? '', created, limit: 100 };
    try {
      for await (const intent of stripe.paymentIntents.list(query)) {
        if (topupIn(intent.metadata)?.id === topup.id) return await close(intent);
      }
      return null;
    } catch (error) {
      // A customer that was deleted has no payments.
      if (isGone(error)) return null;
      return refuse(error);
    }
  }

  return {
    async openSetup(payer, email, key) {
      const customer = await customers.ensure(payer, email).catch(refuse);
      const params: Stripe.Checkout.SessionCreateParams = {
        mode: 'setup',
        ui_mode: 'hosted_page',
        currency: 'usd',
        customer,
        success_url: pageOf(payer.pool),
        cancel_url: pageOf(payer.pool),
      };
      const idempotencyKey = `setup_${payer.pool}_${key}_${customer}`;
      const session = await stripe.checkout.sessions.create(params, { idempotencyKey }).catch(async (error) => {
        // One that was deleted at Stripe is made anew by the next try.
        if (isGone(error)) await customers.forget(payer);
        return refuse(error);
      });
      if (!session.url)
        throw new InkpotError('internal', { cause: `Stripe gave no address for session ${session.id}` });
      return { id: session.id, url: session.url, customer };
    },

    async readSetup(setup) {
      const expand = ['setup_intent.payment_method'];
      const session = await stripe.checkout.sessions.retrieve(setup, { expand }).catch(refuse);
      if (session.status === 'open' && session.url) return { state: 'open', url: session.url };
      const intent = typeof session.setup_intent === 'object' ? session.setup_intent : null;
      const method = typeof intent?.payment_method === 'object' ? intent.payment_method : null;
      if (session.status !== 'complete' || !method) return { state: 'over' };
      return { state: 'saved', card: { id: method.id, name: nameOf(method) } };
    },

    find,

    async charge(topup, email) {
      const { id, pool, customer = '', card = '', cents, credits } = topup;
      const params: Stripe.PaymentIntentCreateParams = {
        amount: cents,
        currency: 'usd',
        customer,
        payment_method: card,
        off_session: true,
        confirm: true,
        description: `Inkpot: ${formatCredits(credits)}, auto top-up`,
        metadata: metadataOf(topup),
        receipt_email: email,
        // Nobody is there to be sent back, but kinds of payment that could send people away want to know where to.
        return_url: pageOf(pool),
      };
      try {
        return await close(await stripe.paymentIntents.create(params, { idempotencyKey: `auto_${pool}_${id}` }));
      } catch (error) {
        // Asking the same again would not help: the card or its customer was taken away at Stripe. Any other wrong
        // request is the operator's to put right, and is made again under the same key, unless Stripe keeps its answer.
        if (isCardGone(error)) return { state: 'refused', reason: 'card_gone' };
        if (isKept(error)) {
          return (await find(topup)) ?? { state: 'refused', reason: 'not_taken', cause: describeError(error) };
        }
        if (!(error instanceof Stripe.errors.StripeCardError)) return refuse(error);
        return (await find(topup)) ?? { state: 'refused', reason: reasonOf(error.code) };
      }
    },

    async forget(card) {
      await stripe.paymentMethods.detach(card).catch((error: unknown) => {
        // A card that is attached to nobody is refused as a wrong request: that is what was wanted.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) refuse(error);
      });
    },
  };
}

function stateOf({ id, status, last_payment_error: fault }: Stripe.PaymentIntent): ChargeState {
  switch (status) {
    case 'succeeded':
      return { state: 'paid', payment: id };
    case 'requires_action':
      return { state: 'refused', reason: 'requires_action' };
    case 'requires_payment_method':
    case 'canceled':
      return { state: 'refused', reason: reasonOf(fault?.code) };
    default:
      return { state: 'pending' };
  }
}

function reasonOf(code: string | undefined): StopReason {
  return code === 'authentication_required' ? 'requires_action' : 'declined';
}

function nameOf({ type, card }: Stripe.PaymentMethod): SavedCard['name'] {
  const brand = card?.display_brand ?? card?.brand ?? type;
  return `${brand.charAt(0).toUpperCase()}${brand.slice(1).replaceAll('_', ' ')}${card ? ` •••• ${card.last4}` : ''}`;
}

/** What is there for the other kind of key, live or test, is not gone: the operator has configured the wrong one. */
const OTHER_MODE = /similar object exists in/i;

/** Sentences of Stripe's about a card that may not be charged any more; they may come without a code. */
const CARD_LEFT =
  /PaymentMethod was (previously used|detached)|payment method must be attached|not have a payment method with the ID/i;

function isGone(error: unknown): boolean {
  return isWrong(error) && error.code === 'resource_missing';
}

function isCardGone(error: unknown): boolean {
  if (!isWrong(error)) return false;
  return isGone(error) || ['payment_method', 'customer'].includes(error.param ?? '') || CARD_LEFT.test(error.message);
}

/**
 * Whether this is what Stripe answers to every repeat under the key: it had begun to carry the request out, so it says
 * the same again, or else that the key is of another request (docs.stripe.com/api/idempotent_requests).
 */
function isKept(error: unknown): error is Stripe.errors.StripeError {
  if (error instanceof Stripe.errors.StripeIdempotencyError) return error.statusCode === 400;
  return isWrong(error) && error.headers?.['idempotent-replayed'] === 'true';
}

function isWrong(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof Stripe.errors.StripeInvalidRequestError && !OTHER_MODE.test(error.message);
}
