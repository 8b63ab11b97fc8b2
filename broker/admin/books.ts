import type { ArchiveStore } from '../archive/archive-store.ts';
import type { Seal } from '../archive/seal.ts';
import type { PaymentAudit } from '../checkout/payment-audit.ts';
import type { Reconciler } from '../checkout/reconciler.ts';
import type { RefundDesk } from '../checkout/refund-desk.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';

/** What refunds and comparisons need of the till. */
export interface RefundTill {
  readonly refundDesk: RefundDesk;
  readonly reconciler: Pick<Reconciler, 'runOnce'>;
  readonly paymentAudit: Pick<PaymentAudit, 'audit'>;
}

/** What the operator's commands work on. */
export interface Books {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  /** Where the broker keeps archived entries. */
  readonly store: ArchiveStore;
  readonly seal: Seal;
  /** The broker's address as people reach it. */
  readonly issuer: string;
  /** @throws Error when the broker has no Stripe account. */
  openTill(): RefundTill;
}

/** Opens the books for the first command that asks, so that those which need none work without Redis. */
export type OpenBooks = () => Promise<Books>;
