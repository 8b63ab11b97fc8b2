import type { Logger } from 'pino';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import type { PaymentSource } from './payment-source.ts';
import type { Refund } from './refund.ts';
import type { Refunds } from './refunds.ts';
import type { Settlement } from './settlement.ts';
import type { Topups } from './topups.ts';
import { unusedOf } from './unused.ts';

/** What of a payment can go back now. */
export interface Refundable {
  readonly pool: string;
  readonly payment: string;
  readonly unused: Millicredits;
  /** The whole cents of the charge that are worth the unused credits. */
  readonly amount: number;
  /** Why nothing of it can go back. */
  readonly obstacle: 'disputed' | 'used' | 'nothing was charged' | null;
}

export interface RefundOutcome {
  /** `REFUSED`: Stripe said no, and the credits are back. `INSUFFICIENT`: they were spent meanwhile; nothing was refunded. */
  readonly code: 'OK' | 'REPLAY' | 'REFUSED' | 'INSUFFICIENT';
  /** What Stripe said. */
  readonly why: string | null;
}

export interface RefundDesk {
  /** Each credited payment of a pool, oldest first. */
  listRefundable(pool: string): Promise<Refundable[]>;
  /** The pool that a payment was for. @throws InkpotError `not_found` when it is not one of ours. */
  poolOf(payment: string): Promise<string>;
  /** Gives money back and takes the credits. Once for one id, and to be repeated when it throws. */
  refund(refund: Omit<Refund, 'state' | 'createdAt'>): Promise<RefundOutcome>;
  /** The refunds of a pool that somebody died over. */
  listOpen(pool: string): Promise<Refund[]>;
  /** Finishes the refunds that somebody died over before a time in ms since 1970. @returns how many could not be. */
  finishOpen(before: number): Promise<number>;
}

export interface RefundDeskOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'readPool' | 'readPayment'>;
  readonly topups: Pick<Topups, 'listCredited'>;
  readonly refunds: Refunds;
  readonly payments: PaymentSource;
  readonly settlement: Settlement;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/**
 * Refunds by the operator. The order is: our record, the credits out of the pool, the money from Stripe, the record done.
 * So the credits cannot be spent while the money is on its way, and whoever dies in between leaves a record that says
 * what is to be finished.
 */
export function createRefundDesk(options: RefundDeskOptions): RefundDesk {
  const { redis, ledger, topups, refunds, payments, settlement, clock, logger } = options;

  async function listRefundable(pool: string): Promise<Refundable[]> {
    const balance = await ledger.readPool(pool);
    if (!balance) throw new InkpotError('not_found', { detail: `There is no pool ${pool}` });
    const ids = (await topups.listCredited(pool)).flatMap(({ payment }) => payment ?? []);
    const standings = await Promise.all(ids.map(async (id) => ({ id, ...(await ledger.readPayment(pool, id)) })));
    const lots = standings.map(({ id, credited, back, seq }) => ({
      payment: id,
      left: millicredits(credited - back),
      seq,
    }));
    // Gift credits that were taken back after they were spent are a debt of the pool too.
    const has = millicredits(Math.min(balance.paid, balance.paid + balance.gift));
    const unused = unusedOf(lots, has);
    const refundable: Refundable[] = [];
    for (const { id, credited, disputes } of standings.toSorted((a, b) => a.seq - b.seq)) {
      const left = unused.get(id) ?? millicredits(0);
      const disputed = [...disputes.values()].some((phase) => phase === 'open' || phase === 'lost');
      const { charged } = left > 0 ? await payments.readPayment(id) : { charged: 0 };
      const amount = Math.floor((left * charged) / credited);
      const obstacle = disputed
        ? 'disputed'
        : left > 0 && charged === 0
          ? 'nothing was charged'
          : amount === 0
            ? 'used'
            : null;
      refundable.push({ pool, payment: id, unused: left, amount, obstacle });
    }
    return refundable;
  }

  async function carryOut(refund: Refund): Promise<RefundOutcome> {
    const { id, pool, payment } = refund;
    if (refund.state === 'done') return { code: 'REPLAY', why: null };
    if (refund.state === 'refused') return { code: 'REFUSED', why: 'it was refused before' };

    // From its record on, the refund counts as gone: this takes the credits.
    await settlement.payment(payment);
    const made = (await payments.listReturns(payment)).refunds.some(({ ours }) => ours === id);
    const balance = await ledger.readPool(pool);
    if (!made && balance && Math.min(balance.paid, balance.paid + balance.gift) < 0) {
      await undo(refund);
      return { code: 'INSUFFICIENT', why: null };
    }
    // Stripe forgets an idempotency key after a day, so what was made is looked for, not asked for again.
    const why = made ? null : await payments.refund(refund);
    if (why !== null) {
      await undo(refund);
      logger.warn({ refund: id, payment, why }, 'Stripe refused a refund');
      return { code: 'REFUSED', why };
    }
    await refunds.end(refund, 'done');
    await settlement.payment(payment);
    logger.info({ refund: id, pool, payment, amount: refund.amount, actor: refund.actor }, 'refunded');
    return { code: 'OK', why: null };
  }

  /** The record does not count any more, so settling gives the credits back. */
  async function undo(refund: Refund): Promise<void> {
    await refunds.end(refund, 'refused');
    await settlement.payment(refund.payment);
  }

  /** One refund of a pool at a time, or two would count the same credits. */
  async function alone<T>(pool: string, work: () => Promise<T>): Promise<T> {
    const done = await withLease(redis, `refunds:${pool}`, async () => ({ value: await work() }));
    if (!done) throw new InkpotError('broker_busy', { detail: 'Another refund of this pool is under way: try again.' });
    return done.value;
  }

  return {
    listRefundable,

    async poolOf(payment) {
      const { topup } = await payments.readPayment(payment);
      if (!topup) throw new InkpotError('not_found', { detail: `${payment} did not pay for a pool of this broker` });
      return topup.pool;
    },

    refund: (refund) =>
      alone(refund.pool, async () => carryOut(await refunds.reserve({ ...refund, createdAt: clock() }))),

    listOpen: async (pool) => (await refunds.listOpen(clock())).filter((refund) => refund.pool === pool),

    async finishOpen(before) {
      let failed = 0;
      for (const refund of await refunds.listOpen(before)) {
        try {
          await alone(refund.pool, () => carryOut(refund));
        } catch (error) {
          failed += 1;
          logger.error({ refund: refund.id, payment: refund.payment, err: error }, 'a refund is not finished');
        }
      }
      return failed;
    },
  };
}
