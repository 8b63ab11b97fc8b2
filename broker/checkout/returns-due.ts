import { type Millicredits, millicredits } from '../../shared/credits.ts';
import type { DisputePhase } from '../ledger/dispute.ts';
import type { Ledger, PaymentStanding } from '../ledger/index.ts';
import type { Charge, PaymentSource, ReturnedDispute, Returns } from './payment-source.ts';
import type { Refund } from './refund.ts';
import type { Refunds } from './refunds.ts';
import type { Topup } from './topup.ts';

export interface ReturnsDueOptions {
  readonly ledger: Pick<Ledger, 'readPayment'>;
  readonly payments: Pick<PaymentSource, 'listReturns'>;
  readonly refunds: Pick<Refunds, 'list'>;
}

/** What the ledger is to say of a payment, by what went back of it. */
export interface ReturnsDue {
  /** What it says now, read before the rest. */
  readonly standing: PaymentStanding;
  readonly disputes: readonly { readonly id: string; readonly phase: DisputePhase }[];
  /** The credits that are to be taken back in all. */
  readonly target: Millicredits;
  /** Who took them, and what for. */
  readonly actor: string;
  readonly reference: string;
}

/**
 * Reads what refunds and lost disputes took from us, in proportion to what was charged, and what is disputed. A refund of
 * ours counts from its record on, before Stripe knows of it, so that its credits cannot be spent meanwhile.
 *
 * @returns null where nothing ever went back.
 */
export async function readReturnsDue(
  { ledger, payments, refunds }: ReturnsDueOptions,
  { pool, credits }: Topup,
  { id: payment, charged, moved }: Charge,
): Promise<ReturnsDue | null> {
  const standing = await ledger.readPayment(pool, payment);
  const reserved = (await refunds.list(pool, payment)).filter(({ state }) => state === 'reserved');
  if (!moved && reserved.length === 0 && standing.target === 0 && standing.disputes.size === 0) return null;
  const returns = await payments.listReturns(payment);
  const disputes = returns.disputes.map((dispute) => ({ ...dispute, phase: phaseOf(dispute, standing) }));
  const lost = disputes.filter(({ phase }) => phase === 'lost');
  const [ours] = reserved;
  return {
    standing,
    disputes,
    target: shareOf(credits, charged, totalGone(returns, reserved, lost)),
    actor: ours?.actor ?? 'stripe',
    reference: ours ? `refund ${ours.id}: ${ours.reason}` : nameOf(returns, lost),
  };
}

/** The credits that go with a part of what was charged, rounded for the pool; all of them with all of it. */
function shareOf(credits: Millicredits, charged: number, part: number): Millicredits {
  if (charged === 0 || part >= charged) return part === 0 ? millicredits(0) : credits;
  return millicredits(Number((BigInt(credits) * BigInt(part)) / BigInt(charged)));
}

function phaseOf({ id, status }: ReturnedDispute, { disputes }: PaymentStanding): DisputePhase {
  if (status !== 'appeal') return status;
  return disputes.get(id) === 'lost' ? 'lost' : 'open';
}

function totalGone({ refunds }: Returns, reserved: readonly Refund[], lost: readonly ReturnedDispute[]): number {
  const known = new Set(refunds.map(({ ours }) => ours));
  const parts = [...refunds.filter(({ stands }) => stands), ...reserved.filter(({ id }) => !known.has(id)), ...lost];
  return parts.reduce((total, { amount }) => total + amount, 0);
}

/** What the entry says it was for: the newest few, since a payment may have many. */
function nameOf({ refunds }: Returns, lost: readonly ReturnedDispute[]): string {
  const names = [
    ...refunds.map(({ id, stands }) => (stands ? id : `${id} failed`)),
    ...lost.map(({ id }) => `${id} lost`),
  ];
  return names.slice(-3).join(', ');
}
