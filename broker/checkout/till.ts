import type { Logger } from 'pino';
import type { Alarms } from '../alarms/alarms.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createPaymentAudit, type PaymentAudit } from './payment-audit.ts';
import type { PaymentSource } from './payment-source.ts';
import { createReconciler, type Reconciler } from './reconciler.ts';
import { createRefundDesk, type RefundDesk } from './refund-desk.ts';
import { createRefunds } from './refunds.ts';
import { createSettleReturns } from './settle-returns.ts';
import { createSettlement, type Settlement } from './settlement.ts';
import { createTopups, type Topups } from './topups.ts';

export interface TillOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'topup' | 'readPool' | 'readPayment' | 'clawTo' | 'dispute' | 'freeze'>;
  readonly payments: PaymentSource;
  readonly alarms: Alarms;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** All that happens to money between Stripe and the ledger: for the pages, the webhook and the operator's commands. */
export interface Till {
  readonly topups: Topups;
  readonly settlement: Settlement;
  readonly refundDesk: RefundDesk;
  readonly reconciler: Reconciler;
  readonly paymentAudit: PaymentAudit;
}

export function createTill({ redis, ledger, payments, alarms, clock, logger }: TillOptions): Till {
  const topups = createTopups(redis, clock);
  const refunds = createRefunds(redis);
  const settleReturns = createSettleReturns({ ledger, payments, refunds, logger });
  const settlement = createSettlement({ redis, topups, ledger, payments, settleReturns, alarms, logger });
  const refundDesk = createRefundDesk({ redis, ledger, topups, refunds, payments, settlement, clock, logger });
  const reconciler = createReconciler({ redis, topups, payments, settlement, refundDesk, clock, logger });
  const audited = { redis, ledger, topups, payments, refunds, settlement, alarms, clock, logger };
  return { topups, settlement, refundDesk, reconciler, paymentAudit: createPaymentAudit(audited) };
}
