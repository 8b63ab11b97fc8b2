import type { StoredEntry } from './entries.ts';

/** A payment as the entries tell it. Amounts are millicredits. */
export interface FoldedPayment {
  readonly credited: number;
  readonly back: number;
  /** Where it ended on the count of all that was bought; null for a gift. */
  readonly upto: number | null;
  /** What its open dispute found left of it, as if nothing had been taken back; 0 without one. */
  readonly left: number;
}

/** What was bought, and what became of it. Of a log that was trimmed: since then. */
export interface FoldedPayments {
  /** All that was ever bought. */
  bought: number;
  readonly all: Map<string, FoldedPayment>;
  /** How far each dispute has come, by payment, also of payments that have no credit yet. */
  readonly disputes: Map<string, Map<string, string>>;
  /** The last correction that took credits away: a move between brokers takes them, and gives them back, under one id. */
  takenBy: string;
}

export const NO_PAYMENTS = (): FoldedPayments => ({ bought: 0, all: new Map(), disputes: new Map(), takenBy: '' });

/**
 * Folds what an entry says of payments.
 * @param paid what the pool had after it of what was bought.
 */
export function foldPayment(payments: FoldedPayments, entry: StoredEntry, paid: number): void {
  const { kind, op, amount, splitPaid, reference } = entry;
  if (kind === 'topup') {
    payments.bought += splitPaid;
    payments.all.set(op, { credited: amount, back: 0, upto: splitPaid > 0 ? payments.bought : null, left: 0 });
    if (isDisputed(payments, op)) openDispute(payments, op, paid);
  } else if (kind === 'clawback') {
    const payment = payments.all.get(op);
    if (payment) payments.all.set(op, { ...payment, back: payment.back + amount });
  } else if (kind === 'dispute') {
    const was = isDisputed(payments, op);
    const [disputeId = '', phase = ''] = reference.split(' ');
    payments.disputes.set(op, new Map(payments.disputes.get(op)).set(disputeId, phase));
    const payment = payments.all.get(op);
    if (!was && isDisputed(payments, op)) openDispute(payments, op, paid);
    else if (payment && !isDisputed(payments, op)) payments.all.set(op, { ...payment, left: 0 });
  } else if (kind === 'adjust') {
    if (splitPaid > 0 && op !== payments.takenBy) payments.bought += splitPaid;
    if (amount < 0) payments.takenBy = op;
  }
}

/** What of a payment its open dispute blocks. */
export function blockedOf({ left, back }: FoldedPayment): number {
  return Math.max(0, left - back);
}

function isDisputed({ disputes }: FoldedPayments, id: string): boolean {
  return [...(disputes.get(id)?.values() ?? [])].includes('open');
}

/** See `find_left` in payment.lua. */
function openDispute(payments: FoldedPayments, id: string, paid: number): void {
  const payment = payments.all.get(id);
  if (!payment || payment.upto === null) return;
  let [free, newer] = [paid, payments.bought - payment.upto];
  for (const other of payments.all.values()) {
    free -= blockedOf(other);
    if (other.upto !== null && other.upto > payment.upto) newer -= other.back + blockedOf(other);
  }
  const left = Math.max(0, Math.min(free + payment.back - newer, payment.credited));
  payments.all.set(id, { ...payment, left });
}
