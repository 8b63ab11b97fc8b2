import { formatCredits, type Millicredits } from '../../shared/credits.ts';
import type { RefundDesk } from '../checkout/refund-desk.ts';
import type { Printer } from './printer.ts';

export interface RefundOrder {
  readonly pool: string;
  readonly payment: string;
  /** What the pool gives for it, to within a cent; null when only the money is known. */
  readonly credits: Millicredits | null;
  /** In the smallest unit of what was charged. */
  readonly amount: number;
  /** Under this id it happens once. */
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
  readonly yes: boolean;
}

/**
 * Gives some of a payment back, or says what it would.
 * @returns whether all is well: false when Stripe refused it or the credits were spent meanwhile.
 */
export async function refundOne(desk: RefundDesk, order: RefundOrder, print: Printer): Promise<boolean> {
  const { yes, credits, ...refund } = order;
  const { pool, payment, amount, id } = refund;
  const what = `${amount} cents of ${payment}${credits === null ? '' : ` for ${formatCredits(credits)}`} of pool ${pool}`;
  const { code, why } = yes ? await desk.refund(refund) : { code: 'DRY_RUN', why: null };
  print(
    { ...refund, credits, code, why },
    yes
      ? `Refund ${what}: ${code}${why === null ? '' : `, ${why}`} (${id})`
      : `Refund ${what}? Nothing was done. Do it with --yes`,
  );
  return ['OK', 'REPLAY', 'DRY_RUN'].includes(code);
}
