import type { Logger } from 'pino';
import type { Ledger } from '../../ledger/index.ts';
import type { Settlement } from '../settlement.ts';
import type { Topup } from '../topup.ts';
import type { Topups } from '../topups.ts';
import type { Arrangement } from './arrangement.ts';
import type { Arrangements, ChargeEnd } from './arrangements.ts';
import type { SavedCards } from './saved-cards.ts';

export interface ChargeOptions {
  readonly arrangements: Arrangements;
  readonly cards: Pick<SavedCards, 'find' | 'charge'>;
  readonly topups: Pick<Topups, 'read' | 'move'>;
  readonly settlement: Pick<Settlement, 'payment'>;
  readonly ledger: Pick<Ledger, 'readPool' | 'readMember'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** Stripe keeps an idempotency key for at least 24 h: later than this, in ms, a charge is not tried again. */
const MOST_AGE_MS = 20 * 3600_000;

/**
 * Buys credits with the saved card where they are low, one charge at a time for a pool. Whoever dies in the middle, the
 * next one finds the record, looks at Stripe for what was charged, and only then charges, under the same key.
 *
 * @throws InkpotError `broker_busy` when the outcome is unknown: call again.
 */
export async function chargeIfLow(options: ChargeOptions, found: Arrangement): Promise<void> {
  const { arrangements } = options;
  const { pool } = found;
  if (!found.topup && (await isLow(options, found))) await arrangements.begin(pool, found.begun);
  const arrangement = await arrangements.read(pool);
  if (!arrangement?.topup) return;
  const topup = await options.topups.read({ pool, id: arrangement.topup });
  if (topup) await finishCharge(options, arrangement, topup);
}

/** Whether more is to be bought now. */
export async function isLow(
  { ledger }: ChargeOptions,
  { pool, account, state, threshold }: Arrangement,
): Promise<boolean> {
  if (state !== 'on') return false;
  const [balance, member] = await Promise.all([ledger.readPool(pool), ledger.readMember(pool, account)]);
  // Who agreed must still own the pool. One whose payments are disputed or went back is not charged for it anew.
  if (!balance || balance.status === 'frozen' || member?.role !== 'owner') return false;
  if (balance.blocked > 0 || balance.available < 0) return false;
  return balance.available < threshold;
}

async function finishCharge(options: ChargeOptions, { state, email }: Arrangement, topup: Topup): Promise<void> {
  const { arrangements, cards, topups, settlement, clock, logger } = options;
  if (topup.state === 'credited') return arrangements.finish(topup, 'paid');
  const mayCharge = state === 'on' && topup.createdAt + MOST_AGE_MS > clock();
  const charge = (await cards.find(topup)) ?? (mayCharge ? await cards.charge(topup, email) : null);
  if (charge?.state === 'pending') return;
  if (charge?.state === 'paid') {
    await settlement.payment(charge.payment);
    return arrangements.finish(topup, 'paid');
  }
  const end: ChargeEnd = charge?.reason ?? 'not_charged';
  const cause = charge?.cause;
  logger[cause ? 'error' : 'info']({ pool: topup.pool, topup: topup.id, end, cause }, 'auto top-up took no money');
  await topups.move(topup, 'failed');
  await arrangements.finish(topup, end);
}
