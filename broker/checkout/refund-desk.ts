import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withLease } from '../redis/lease.ts';
import type { PaymentSource } from './payment-source.ts';
import type { Refund } from './refund.ts';
import { freeOf, listRefundable, type Refundable, type RefundableOptions } from './refundable.ts';
import type { Refunds } from './refunds.ts';
import type { Settlement } from './settlement.ts';

export interface RefundOutcome {
  /**
   * `REPLAY`: it was done before. `REFUSED`: Stripe said no, and the credits are back. `INSUFFICIENT`: they were spent
   * meanwhile, and nothing went back.
   */
  readonly code: 'OK' | 'REPLAY' | 'REFUSED' | 'INSUFFICIENT';
  /** What Stripe said; null when it was not asked or agreed. */
  readonly why: string | null;
}

export interface RefundDesk {
  /** Each credited payment of a pool, oldest first. @throws InkpotError `not_found` when there is no such pool. */
  listRefundable(pool: string): Promise<Refundable[]>;
  /** The pool that a payment was for. @throws InkpotError `not_found` when it is not one of ours. */
  poolOf(payment: string): Promise<string>;
  /**
   * Takes the credits and gives the money back. Once for one id, and to be repeated with it when it throws.
   * @throws InkpotError `broker_busy` while another refund of the pool is under way, `idempotency_key_reused` when the id
   *   was used for another amount; whatever the payment source or Redis throws.
   */
  refund(refund: Omit<Refund, 'state' | 'createdAt'>): Promise<RefundOutcome>;
  /** A refund of ours; null when there is none of this name. */
  read(name: Pick<Refund, 'pool' | 'payment' | 'id'>): Promise<Refund | null>;
  /** The refunds that somebody died over before a time in ms since 1970. */
  listOpen(before: number): Promise<Refund[]>;
  /** Finishes those. @returns how many could not be. */
  finishOpen(before: number): Promise<number>;
}

export interface RefundDeskOptions extends RefundableOptions {
  readonly redis: RedisClient;
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
  const { redis, ledger, refunds, payments, settlement, clock, logger } = options;

  async function carryOut(refund: Refund): Promise<RefundOutcome> {
    const { id, pool, payment } = refund;
    if (refund.state === 'done') {
      await refunds.forget(refund);
      return { code: 'REPLAY', why: null };
    }
    if (refund.state === 'refused') {
      await giveBack(refund);
      return { code: 'REFUSED', why: 'it was refused before' };
    }

    // From its record on, the refund counts as gone: this takes the credits.
    await settlement.payment(payment);
    // Stripe forgets an idempotency key after a day, so what was made is looked for, not asked for again.
    const made = (await payments.listReturns(payment)).refunds.some(({ ours }) => ours === id);
    const balance = await ledger.readPool(pool);
    if (!made && balance && freeOf(balance) < 0) {
      await refunds.end(refund, 'refused');
      await giveBack(refund);
      return { code: 'INSUFFICIENT', why: null };
    }
    const why = made ? null : await payments.refund(refund);
    if (why !== null) {
      await refunds.end(refund, 'refused');
      await giveBack(refund);
      logger.warn({ refund: id, payment, why }, 'Stripe refused a refund');
      return { code: 'REFUSED', why };
    }
    await refunds.end(refund, 'done');
    await refunds.forget(refund);
    logger.info({ refund: id, pool, payment, amount: refund.amount, actor: refund.actor }, 'refunded');
    return { code: 'OK', why: null };
  }

  /** A refused refund does not count any more, so settling gives its credits back; only then nothing is left to be done. */
  async function giveBack(refund: Refund): Promise<void> {
    await settlement.payment(refund.payment);
    await refunds.forget(refund);
  }

  /** One refund of a pool at a time, or two would count the same credits. */
  async function alone<T>(pool: string, work: () => Promise<T>): Promise<T> {
    const done = await withLease(redis, `refunds:${pool}`, async () => ({ value: await work() }));
    if (!done)
      throw new InkpotError('broker_busy', {
        detail: 'Another refund of this pool is under way: try again in a minute.',
      });
    return done.value;
  }

  return {
    listRefundable: (pool) => listRefundable(options, pool),

    async poolOf(payment) {
      const { topup } = await payments.readPayment(payment);
      if (!topup) throw new InkpotError('not_found', { detail: `${payment} did not pay for a pool of this broker` });
      return topup.pool;
    },

    refund: (refund) =>
      alone(refund.pool, async () => carryOut(await refunds.reserve({ ...refund, createdAt: clock() }))),

    read: (name) => refunds.read(name),

    listOpen: (before) => refunds.listOpen(before),

    async finishOpen(before) {
      let failed = 0;
      for (const refund of await refunds.listOpen(before)) {
        try {
          // Another one may have ended it since it was listed.
          await alone(refund.pool, async () => carryOut((await refunds.read(refund)) ?? refund));
        } catch (error) {
          failed += 1;
          logger.error({ refund: refund.id, payment: refund.payment, err: error }, 'a refund is not finished');
        }
      }
      return failed;
    },
  };
}
