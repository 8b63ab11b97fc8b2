import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger, PaymentStanding, PoolBalance } from '../ledger/index.ts';
import type { PaymentSource } from './payment-source.ts';
import type { Topups } from './topups.ts';

/** What of a payment can go back now. */
export interface Refundable {
  readonly pool: string;
  readonly payment: string;
  /** Of what it brought, what is neither spent nor held, when what was bought first is spent first. */
  readonly unused: Millicredits;
  /** Why nothing of it can go back. */
  readonly obstacle: 'disputed' | 'used' | 'nothing was charged' | null;
  /** The whole cents of the charge that are worth some of its credits; 0 for less than a cent's worth. */
  worth(credits: Millicredits): number;
}

export interface RefundableOptions {
  readonly ledger: Pick<Ledger, 'readPool' | 'readPayment'>;
  readonly topups: Pick<Topups, 'listCredited'>;
  readonly payments: Pick<PaymentSource, 'readPayment'>;
}

interface Lot extends PaymentStanding {
  readonly payment: string;
}

/**
 * Each credited payment of a pool, oldest first.
 * @throws InkpotError `not_found` when there is no such pool; whatever the payment source throws.
 */
export async function listRefundable(options: RefundableOptions, pool: string): Promise<Refundable[]> {
  const { ledger, topups, payments } = options;
  const balance = await ledger.readPool(pool);
  if (!balance) throw new InkpotError('not_found', { detail: `There is no pool ${pool}` });
  const ids = (await topups.listCredited(pool)).flatMap(({ payment }) => payment ?? []);
  const standings = ids.map(async (payment) => ({ payment, ...(await ledger.readPayment(pool, payment)) }));
  const lots: Lot[] = (await Promise.all(standings)).sort((a, b) => a.seq - b.seq);
  const unused = unusedOf(lots, freeOf(balance));

  const refundable: Refundable[] = [];
  for (const lot of lots) {
    const left = unused.get(lot.payment) ?? millicredits(0);
    const { charged } = left > 0 ? await payments.readPayment(lot.payment) : { charged: 0 };
    const worth = (credits: Millicredits) => Number((BigInt(credits) * BigInt(charged)) / BigInt(lot.credited));
    refundable.push({
      pool,
      payment: lot.payment,
      unused: left,
      obstacle: obstacleOf(lot, left, charged, worth),
      worth,
    });
  }
  return refundable;
}

/**
 * What a pool bought and has, below zero when it owes: neither what a dispute blocks, nor what makes up for gift credits
 * that were taken back after they were spent.
 */
export function freeOf({ paid, gift, blocked }: PoolBalance): number {
  return Math.min(paid, paid + gift) - blocked;
}

/** What is left of each payment: what the pool still has is of the newest that nobody disputes. */
function unusedOf(lots: readonly Lot[], free: number): ReadonlyMap<string, Millicredits> {
  const unused = new Map<string, Millicredits>();
  let rest = Math.max(0, free);
  for (const lot of lots.toReversed()) {
    const part = isDisputed(lot) ? 0 : Math.min(lot.credited - lot.back, rest);
    unused.set(lot.payment, millicredits(part));
    rest -= part;
  }
  return unused;
}

function obstacleOf(lot: Lot, left: Millicredits, charged: number, worth: Refundable['worth']): Refundable['obstacle'] {
  if (isDisputed(lot)) return 'disputed';
  if (left > 0 && charged === 0) return 'nothing was charged';
  return worth(left) === 0 ? 'used' : null;
}

function isDisputed({ disputes }: Lot): boolean {
  return [...disputes.values()].some((phase) => phase === 'open' || phase === 'lost');
}
