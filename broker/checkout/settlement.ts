import type { Logger } from 'pino';
import { formatCredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import type { Charge, PaymentSource } from './payment-source.ts';
import type { SettleReturns } from './settle-returns.ts';
import type { Topup, TopupName } from './topup.ts';
import type { Topups } from './topups.ts';

/** Brings a top-up up to date with what Stripe says now; null when it is not one of ours. */
export interface Settlement {
  session(sessionId: string): Promise<Topup | null>;
  payment(paymentId: string): Promise<Topup | null>;
}

export interface SettlementOptions {
  readonly redis: RedisClient;
  readonly topups: Topups;
  readonly ledger: Pick<Ledger, 'topup'>;
  readonly payments: PaymentSource;
  readonly settleReturns: SettleReturns;
  readonly alarms: Alarms;
  readonly logger: Logger;
}

/**
 * The one way in which paid credits reach a pool, and leave it again. The webhook, the page after the payment, the
 * reconciler and the operator all call it, as often and in whatever order they like: it reads the state anew, and the
 * ledger credits a payment's id once. The amount comes from our record, never from what was charged: promotion codes and
 * taxes change that.
 *
 * @throws InkpotError `internal` for a session or payment that names a record we do not have; whatever the payment source
 *   or Redis throws. The caller repeats.
 */
export function createSettlement(options: SettlementOptions): Settlement {
  const { redis, topups, ledger, payments, settleReturns, alarms, logger } = options;

  async function credit(topup: Topup, charge: Charge, session?: string): Promise<void> {
    const { code, isStranded } = await ledger.topup({
      poolId: topup.pool,
      paymentId: charge.id,
      amount: topup.credits,
      origin: 'paid',
      reference: `topup:${topup.id}`,
      actor: topup.account,
      memberId: topup.account,
    });
    if (code === 'CONFLICT') {
      throw new InkpotError('internal', { cause: `payment ${charge.id} was credited with another amount` });
    }
    await settleReturns(topup, charge);
    // Only after the credit: a record that says `credited` is not looked for any more.
    const end = () => topups.move(topup, 'credited', { ...(session && { session }), payment: charge.id });
    await (isStranded && topup.state !== 'credited' ? endStranded(topup, charge, end) : end());
    if (code === 'OK') logger.info({ topup: topup.id, pool: topup.pool, credits: topup.credits }, 'top-up credited');
  }

  /** Calls the operator before the record is ended, so that whoever dies leaves it to the next; one at a time, so once. */
  async function endStranded(topup: Topup, charge: Charge, end: () => Promise<void>): Promise<void> {
    const ended = await withLease(redis, `stranded:${charge.id}`, async () => {
      const { state } = await recordOf(topup, `payment ${charge.id}`);
      if (state !== 'credited') await callOperator(topup, charge);
      await end();
      return true;
    });
    if (ended) return;
    const cause = `the operator is being called about payment ${charge.id}`;
    throw new InkpotError('broker_busy', { cause, retryAfterSeconds: 2 });
  }

  async function callOperator({ pool, credits }: Topup, { id: payment }: Charge): Promise<void> {
    const what = `Payment ${payment} came for pool ${pool} after that was moved to another broker. Its ${formatCredits(credits)} lie in the frozen pool here, where nobody can spend them: give the money back with admin refund ${payment}, and tell whoever paid to buy at the other broker.`;
    await alarms.raise({ kind: 'payment_stranded', about: payment, what, details: { pool, payment } });
  }

  async function recordOf(name: TopupName, what: string): Promise<Topup> {
    const topup = await topups.read(name);
    if (!topup) throw new InkpotError('internal', { cause: `${what} names a top-up without a record` });
    return topup;
  }

  return {
    async session(sessionId) {
      const session = await payments.readSession(sessionId);
      if (!session.topup) return null;
      const topup = await recordOf(session.topup, `session ${sessionId}`);
      switch (session.state) {
        case 'open':
          break;
        case 'paid':
          await credit(topup, session.payment, session.id);
          break;
        case 'pending':
        case 'failed':
        case 'expired':
          await topups.move(topup, session.state, { session: session.id });
          break;
      }
      return topups.read(topup);
    },

    async payment(paymentId) {
      const payment = await payments.readPayment(paymentId);
      if (!payment.topup) return null;
      const topup = await recordOf(payment.topup, `payment ${paymentId}`);
      // One that is not paid yet may still be: only its session says when it is over.
      if (payment.paid) await credit(topup, payment);
      return topups.read(topup);
    },
  };
}
