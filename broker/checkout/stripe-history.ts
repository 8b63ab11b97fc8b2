import type Stripe from 'stripe';
import { EVENT_TYPES } from './event-types.ts';
import { hintOf, paymentOf } from './hint-of.ts';
import { type Hint, SESSION_LIFETIME_MS } from './payment-source.ts';
import { topupIn } from './session-params.ts';
import { refuse } from './stripe-errors.ts';

/**
 * What may have changed at Stripe since a time (ms since 1970), found in two ways that do not rest on each other: the
 * sessions that were completed, and the events, whether they were delivered or not. Stripe keeps events for 30 days;
 * sessions have no end.
 *
 * @throws InkpotError as {@link refuse} says.
 */
export async function* listSince(stripe: Stripe, since: number): AsyncGenerator<Hint> {
  try {
    // A session is completed within its lifetime, or its bank decides later: those are in our own index.
    const created = { gte: Math.floor((since - SESSION_LIFETIME_MS) / 1_000) };
    for await (const { id, metadata } of stripe.checkout.sessions.list({ status: 'complete', created, limit: 100 })) {
      if (topupIn(metadata)) yield { kind: 'session', id };
    }
    const happened = { gte: Math.floor(since / 1_000) };
    for await (const event of stripe.events.list({ types: [...EVENT_TYPES], created: happened, limit: 100 })) {
      const hint = hintOf(event);
      if (hint) yield hint;
    }
  } catch (error) {
    refuse(error);
  }
}

/**
 * The payments of which money came or went from one time until before another (ms since 1970), some of them twice. They
 * are read from the account's balance, which knows nothing of sessions and events.
 *
 * @throws InkpotError as {@link refuse} says.
 */
export async function* listMoved(stripe: Stripe, from: number, until: number): AsyncGenerator<string> {
  const created = { gte: Math.floor(from / 1_000), lt: Math.floor(until / 1_000) };
  try {
    const query = { created, limit: 100, expand: ['data.source'] };
    for await (const { source } of stripe.balanceTransactions.list(query)) {
      const payment = paymentOf(source);
      if (payment) yield payment;
    }
  } catch (error) {
    refuse(error);
  }
}
