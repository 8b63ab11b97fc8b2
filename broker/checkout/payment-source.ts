import type { Refund } from './refund.ts';
import type { Topup, TopupName } from './topup.ts';

/** One session of a payment service, as it stands now. */
export interface PaymentSession {
  readonly id: string;
  /** The top-up that it pays for; null when it is not one of ours (an account may serve other shops too). */
  readonly topup: TopupName | null;
  readonly state: 'open' | 'pending' | 'paid' | 'failed' | 'expired';
  /** The payment: its id is the same however often it is read, so the ledger credits it once. */
  readonly payment: Charge;
}

/** What was charged, and whether any of it ever went back. */
export interface Charge {
  readonly id: string;
  /** In the smallest unit of whatever currency was charged; 0 where a promotion left nothing to pay. */
  readonly charged: number;
  /** Whether there are refunds or disputes to be read. */
  readonly moved: boolean;
}

/** One payment, as it stands now. */
export interface Payment extends Charge {
  readonly topup: TopupName | null;
  readonly paid: boolean;
}

export interface ReturnedRefund {
  readonly id: string;
  /** In the unit of {@link Charge.charged}. */
  readonly amount: number;
  /** False for one that failed or was cancelled: the money stayed. */
  readonly stands: boolean;
  /** The id of our own record, when we asked for it. */
  readonly ours: string | null;
}

export interface ReturnedDispute {
  readonly id: string;
  /** In the unit of {@link Charge.charged}. */
  readonly amount: number;
  /** An `appeal` is a decided dispute that is being decided again: until then it stays as it was decided. */
  readonly status: 'inquiry' | 'open' | 'won' | 'lost' | 'appeal';
}

/** How money of a payment went back, oldest first. */
export interface Returns {
  readonly refunds: readonly ReturnedRefund[];
  readonly disputes: readonly ReturnedDispute[];
}

/** Who pays. */
export interface Payer {
  readonly pool: string;
  readonly account: string;
}

/** Where money comes from: Stripe, or the development broker's test payment. */
export interface PaymentSource {
  /** Whether money really moves. False for the test payment and for Stripe's test keys. */
  readonly livemode: boolean;
  /** Opens a session for the top-up, the same one however often it is asked. */
  open(topup: Topup, email: string): Promise<{ id: string; url: string }>;
  /** Reads a session's state anew, because events come late, twice and out of order. */
  readSession(sessionId: string): Promise<PaymentSession>;
  /** Reads a payment's state anew. */
  readPayment(paymentId: string): Promise<Payment>;
  listReturns(paymentId: string): Promise<Returns>;
  /** Gives money back, once for one record. @returns why it was refused, in the service's code; null when it was not. */
  refund(refund: Refund): Promise<string | null>;
  /** Where a top-up's invoice or receipt can be read; null when there is none. */
  receiptOf(topup: Topup): Promise<string | null>;
  /** Whether the payer has anything to look at in {@link openPortal}. */
  hasPortal(payer: Payer): Promise<boolean>;
  /** Where a payer sees invoices and changes cards and tax numbers; null for who never paid. */
  openPortal(payer: Payer): Promise<string | null>;
  /** The sessions completed, and the sessions and payments that events were about, since a time in ms since 1970. */
  listSince(since: number): AsyncIterable<Hint>;
  /** The payments of which money came or went from one time until before another, in ms since 1970; some of them twice. */
  listMoved(from: number, until: number): AsyncIterable<string>;
}

/** Something that may have changed. */
export interface Hint {
  readonly kind: 'session' | 'payment';
  readonly id: string;
}

/**
 * How long a person may take to pay, in ms. Stripe wants at least 30 minutes from the moment that it makes the session;
 * an hour from our record's time leaves room to ask again, with the very same parameters, after a crash.
 */
export const SESSION_LIFETIME_MS = 60 * 60_000;
