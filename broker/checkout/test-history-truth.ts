import type { Ledger } from '../ledger/index.ts';
import type { FakeStripe } from './fake-stripe/server.ts';

/** What a pool has, in millicredits. */
export interface Books {
  readonly payments: readonly PaymentBooks[];
  readonly paid: number;
  /** Not to be spent while a dispute is open. Null with several payments: which one was spent is a matter of order. */
  readonly blocked: number | null;
  /** How often it was credited, for whatever payment. */
  readonly credits: number;
}

interface PaymentBooks {
  readonly payment: string;
  readonly credited: number;
  readonly back: number;
}

/** What Stripe's state says about each pool, worked out from its objects alone: no event, no order, no time. */
export function truthOf(stripe: FakeStripe): (poolId: string) => Books {
  const refunds = Map.groupBy(stripe.refunds.values(), ({ payment_intent }) => payment_intent);
  const disputes = Map.groupBy(stripe.disputes.values(), ({ payment_intent }) => payment_intent);
  const paid = [...stripe.sessions.values()].filter(
    ({ status, payment_status }) => status === 'complete' && payment_status !== 'unpaid',
  );
  const byPool = Map.groupBy(paid, ({ client_reference_id }) => client_reference_id);
  return (poolId) => {
    const payments = (byPool.get(poolId) ?? []).map(({ id, payment_intent, amount_total, metadata }) => {
      const credited = Number(metadata.credits);
      const payment = payment_intent ?? id;
      const disputed = disputes.get(payment) ?? [];
      const wentBack = [
        ...(refunds.get(payment) ?? []).filter(({ status }) => status === 'pending' || status === 'succeeded'),
        ...disputed.filter(({ status }) => status === 'lost'),
      ].reduce((total, { amount }) => total + amount, 0);
      // In whole numbers: a share as a fraction would lose a millicredit.
      const back = Math.floor((credited * Math.min(wentBack, amount_total)) / Math.max(1, amount_total));
      const isBlocked = disputed.some(({ status }) => status === 'needs_response' || status === 'under_review');
      return { payment, credited, back, isBlocked };
    });
    const left = (list: typeof payments) => list.reduce((total, { credited, back }) => total + credited - back, 0);
    return {
      payments: payments.map(({ isBlocked, ...books }) => books),
      paid: left(payments),
      blocked: payments.length > 1 ? null : left(payments.filter(({ isBlocked }) => isBlocked)),
      credits: payments.length,
    };
  };
}

/** What the pool's ledger says, with the payments that `truth` has. */
export async function booksOf(ledger: Ledger, poolId: string, truth: Books): Promise<Books> {
  const payments: PaymentBooks[] = [];
  for (const { payment } of truth.payments) {
    const { credited, back } = await ledger.readPayment(poolId, payment);
    payments.push({ payment, credited, back });
  }
  const pool = await ledger.readPool(poolId);
  const entries = await ledger.listEntries(poolId, { limit: 100 });
  return {
    payments,
    paid: pool?.paid ?? 0,
    blocked: payments.length > 1 ? null : (pool?.blocked ?? 0),
    credits: entries.filter(({ kind }) => kind === 'topup').length,
  };
}
