import { type PaymentSource, SESSION_LIFETIME_MS } from './payment-source.ts';
import type { Topup, TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** Stripe makes no session that ends in less than half an hour. */
const SHORTEST_SESSION_MS = 30 * 60_000;

export interface OpenSessionOptions {
  readonly topups: Topups;
  readonly payments: PaymentSource;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** The page that says what became of a top-up. */
export function returnPath({ pool, id }: TopupName): string {
  return `/checkout/return?${new URLSearchParams({ pool, topup: id })}`;
}

/**
 * Gets the top-up its payment session, and says where to send the person: to pay, or to what became of it when there is
 * nothing to pay any more. May be repeated: a record has one session, whether its first request was answered or not.
 *
 * @param email where the payer's receipts go.
 * @throws InkpotError from the payment source, and from Redis. Nobody was sent to pay then.
 */
export async function openSession(
  { topups, payments, clock }: OpenSessionOptions,
  topup: Topup,
  email: string,
): Promise<string> {
  if (topup.session && topup.url) {
    const { state } = await payments.readSession(topup.session);
    return state === 'open' ? topup.url : returnPath(topup);
  }
  if (topup.state !== 'created') return returnPath(topup);
  if (topup.createdAt + SESSION_LIFETIME_MS - clock() < SHORTEST_SESSION_MS) {
    await topups.move(topup, 'expired');
    return returnPath(topup);
  }
  const { id, url } = await payments.open(topup, email);
  await topups.move(topup, 'open', { session: id, url });
  return url;
}
