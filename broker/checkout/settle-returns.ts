import type { Logger } from 'pino';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger, PaymentStanding } from '../ledger/index.ts';
import type { Charge, PaymentSource, ReturnedDispute, Returns } from './payment-source.ts';
import type { Refund } from './refund.ts';
import type { Refunds } from './refunds.ts';
import type { Topup } from './topup.ts';

export interface SettleReturnsOptions {
  readonly ledger: Pick<Ledger, 'readPayment' | 'clawTo' | 'dispute'>;
  readonly payments: Pick<PaymentSource, 'listReturns'>;
  readonly refunds: Pick<Refunds, 'list'>;
  readonly logger: Logger;
}

/** Somebody else settles the same payment at the same moment; so many times in a row it is a fault. */
const MOST_ATTEMPTS = 20;

/** Brings a pool up to date with what went back of one payment. */
export type SettleReturns = (topup: Topup, charge: Charge) => Promise<void>;

/**
 * Takes from the pool what refunds and lost disputes took from us, in proportion to what was charged, and blocks what is
 * disputed. It applies the state as it is read now, so events may come late, twice and in any order; the ledger's
 * revision, read before, refuses a state that was read before another one was applied. A refund of ours counts from its
 * record on, before Stripe knows of it, so that its credits cannot be spent meanwhile.
 */
export function createSettleReturns({ ledger, payments, refunds, logger }: SettleReturnsOptions): SettleReturns {
  async function apply(topup: Topup, { id: payment, charged, moved }: Charge): Promise<boolean> {
    const { pool } = topup;
    const standing = await ledger.readPayment(pool, payment);
    const reserved = (await refunds.list(pool, payment)).filter(({ state }) => state === 'reserved');
    if (!moved && reserved.length === 0 && standing.target === 0 && standing.disputes.size === 0) return true;
    const returns = await payments.listReturns(payment);
    const disputes = returns.disputes.map((dispute) => ({ ...dispute, phase: phaseOf(dispute, standing) }));

    for (const { id, phase } of disputes) {
      if (phase === 'lost') continue;
      await ledger.dispute({ poolId: pool, paymentId: payment, disputeId: id, phase, actor: 'stripe' });
    }
    const lost = disputes.filter(({ phase }) => phase === 'lost');
    const gone = totalGone(returns, reserved, lost);
    const target = shareOf(topup.credits, charged, gone);
    const [ours] = reserved;
    const { code, balance } = await ledger.clawTo({
      poolId: pool,
      paymentId: payment,
      target,
      reference: ours ? `refund ${ours.id}: ${ours.reason}` : nameOf(returns, lost),
      actor: ours?.actor ?? 'stripe',
      revision: standing.revision,
    });
    if (code === 'STALE') return false;
    if (code === 'OK') logger.info({ pool, payment, target, balance: balance.available }, 'credits went back');
    // Only now, or what is lost would be free for a moment.
    for (const { id, phase } of lost) {
      await ledger.dispute({ poolId: pool, paymentId: payment, disputeId: id, phase, actor: 'stripe' });
    }
    return true;
  }

  return async function settleReturns(topup, charge) {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (await apply(topup, charge)) return;
    }
    throw new InkpotError('broker_busy', { cause: `payment ${charge.id} changes all the time`, retryAfterSeconds: 2 });
  };
}

/** The credits that go with a part of what was charged, rounded for the pool; all of them with all of it. */
function shareOf(credits: Millicredits, charged: number, part: number): Millicredits {
  if (charged === 0 || part >= charged) return part === 0 ? millicredits(0) : credits;
  return millicredits(Number((BigInt(credits) * BigInt(part)) / BigInt(charged)));
}

function phaseOf({ id, status }: ReturnedDispute, { disputes }: PaymentStanding) {
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
