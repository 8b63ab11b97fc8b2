import type { Topup, TopupName } from './topup.ts';

/** One session of a payment service, as it stands now. */
export interface PaymentSession {
  readonly id: string;
  /** The top-up that it pays for; null when it is not one of ours (an account may serve other shops too). */
  readonly topup: TopupName | null;
  readonly state: 'open' | 'pending' | 'paid' | 'failed' | 'expired';
  /** The id of the payment, the same however often it is read: the ledger credits it once. */
  readonly payment: string;
}

/** Where money comes from: Stripe, or the development broker's test payment. */
export interface PaymentSource {
  /** Whether money really moves. False for the test payment and for Stripe's test keys. */
  readonly livemode: boolean;
  /** Opens a session for the top-up, the same one however often it is asked. */
  open(topup: Topup): Promise<{ id: string; url: string }>;
  /** Reads a session's state anew, because events come late, twice and out of order. */
  read(sessionId: string): Promise<PaymentSession>;
}

/**
 * How long a person may take to pay, in ms. Stripe wants at least 30 minutes from the moment that it makes the session;
 * an hour from our record's time leaves room to ask again, with the very same parameters, after a crash.
 */
export const SESSION_LIFETIME_MS = 60 * 60_000;
