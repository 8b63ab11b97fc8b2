import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Charge } from './payment-source.ts';
import { type ReturnsDueOptions, readReturnsDue } from './returns-due.ts';
import type { Topup } from './topup.ts';

export interface SettleReturnsOptions extends ReturnsDueOptions {
  readonly ledger: Pick<Ledger, 'readPayment' | 'clawTo' | 'dispute'>;
  readonly logger: Logger;
}

/** Somebody else settles the same payment at the same moment; so many times in a row it is a fault. */
const MOST_ATTEMPTS = 20;

/** Brings a pool up to date with what went back of one payment. */
export type SettleReturns = (topup: Topup, charge: Charge) => Promise<void>;

/**
 * Takes from the pool what refunds and lost disputes took from us, and blocks what is disputed. It applies the state as it
 * is read now, so events may come late, twice and in any order; the ledger's revision, read before, refuses a state that
 * was read before another one was applied.
 */
export function createSettleReturns(options: SettleReturnsOptions): SettleReturns {
  const { ledger, logger } = options;

  async function apply(topup: Topup, charge: Charge): Promise<boolean> {
    const due = await readReturnsDue(options, topup, charge);
    if (!due) return true;
    const { standing, disputes, target, actor, reference } = due;
    const { pool } = topup;
    const { id: payment } = charge;
    const note = ({ id, phase }: (typeof disputes)[number]) =>
      ledger.dispute({ poolId: pool, paymentId: payment, disputeId: id, phase, actor: 'stripe' });

    for (const dispute of disputes) {
      if (dispute.phase !== 'lost') await note(dispute);
    }
    const { revision } = standing;
    const claw = { poolId: pool, paymentId: payment, target, reference, actor, revision };
    const { code, balance } = await ledger.clawTo(claw);
    if (code === 'STALE') return false;
    if (code === 'OK') logger.info({ pool, payment, target, balance: balance.available }, 'credits went back');
    // Only now, or what is lost would be free for a moment.
    for (const dispute of disputes) {
      if (dispute.phase === 'lost') await note(dispute);
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
