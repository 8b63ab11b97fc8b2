import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import type { PaymentSession, PaymentSource } from './payment-source.ts';
import type { Topup } from './topup.ts';
import type { Topups } from './topups.ts';

/** Brings one session's top-up up to date; null when the session is not one of ours. */
export type Settle = (sessionId: string) => Promise<Topup | null>;

export interface SettlementOptions {
  readonly topups: Topups;
  readonly ledger: Pick<Ledger, 'topup'>;
  readonly payments: PaymentSource;
  readonly logger: Logger;
}

/**
 * The one way in which paid credits reach a pool. The webhook, the page after the payment and the reconciler all call
 * it, as often and in whatever order they like: it reads the session's state anew, and the ledger credits a payment's id
 * once. The amount comes from our record, never from what was charged: promotion codes and taxes change that.
 *
 * @throws InkpotError `internal` for a session that names a record we do not have; whatever the payment source or Redis
 *   throws. The caller repeats.
 */
export function createSettlement({ topups, ledger, payments, logger }: SettlementOptions): Settle {
  async function credit(topup: Topup, session: PaymentSession): Promise<void> {
    const { code } = await ledger.topup({
      poolId: topup.pool,
      paymentId: session.payment,
      amount: topup.credits,
      origin: 'paid',
      reference: `topup:${topup.id}`,
      actor: topup.account,
      memberId: topup.account,
    });
    if (code === 'CONFLICT') {
      throw new InkpotError('internal', { cause: `payment ${session.payment} was credited with another amount` });
    }
    // Only after the credit: a record that says `credited` is never looked at again.
    await topups.move(topup, 'credited', { session: session.id, payment: session.payment });
    logger.info({ topup: topup.id, pool: topup.pool, credits: topup.credits, ledger: code }, 'top-up credited');
  }

  return async function settle(sessionId) {
    const session = await payments.read(sessionId);
    if (!session.topup) return null;
    const topup = await topups.read(session.topup);
    if (!topup) throw new InkpotError('internal', { cause: `session ${sessionId} names a top-up without a record` });

    switch (session.state) {
      case 'open':
        break;
      case 'paid':
        await credit(topup, session);
        break;
      case 'pending':
      case 'failed':
      case 'expired':
        await topups.move(topup, session.state, { session: session.id });
        break;
    }
    return topups.read(topup);
  };
}
