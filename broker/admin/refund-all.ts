import { formatCredits, millicredits } from '../../shared/credits.ts';
import type { RefundDesk } from '../checkout/refund-desk.ts';
import type { Printer } from './printer.ts';
import { type RefundOrder, refundOne } from './refund-one.ts';

export interface RefundAll extends Pick<RefundOrder, 'actor' | 'reason' | 'yes'> {
  readonly pools: readonly string[];
  /** Makes a refund's id. */
  readonly newId: () => string;
  /** ms since 1970 */
  readonly now: number;
}

/**
 * Gives every unused bought credit of the pools back, or says what it would. What an earlier run died over is finished
 * first. One refund that cannot be made now keeps no other waiting; its record lets the next run finish it.
 * @returns whether all went back that could.
 */
export async function refundAll(desk: RefundDesk, command: RefundAll, print: Printer): Promise<boolean> {
  const { pools, newId, now, ...act } = command;
  const total = { refunds: 0, credits: 0, amount: 0, failed: await finishEarlier(desk, command, print) };

  async function refundPool(pool: string): Promise<void> {
    for (const found of await desk.listRefundable(pool)) {
      if (found.obstacle !== null) continue;
      const { payment, unused: credits } = found;
      const amount = found.worth(credits);
      const ok = await refundOne(desk, { ...act, pool, payment, credits, amount, id: newId() }, print).catch(
        (error: unknown) => failed(pool, payment, error),
      );
      if (!ok) total.failed += 1;
      else {
        total.refunds += 1;
        total.credits += credits;
        total.amount += amount;
      }
    }
  }

  function failed(pool: string, payment: string | null, error: unknown): false {
    const why = error instanceof Error ? error.message : String(error);
    print({ pool, payment, code: 'FAILED', why }, `${payment ?? 'payments'} of pool ${pool}: ${why}`);
    return false;
  }

  for (const pool of pools) {
    await refundPool(pool).catch((error: unknown) => {
      failed(pool, null, error);
      total.failed += 1;
    });
  }
  const { refunds, credits, amount } = total;
  const sum = `${refunds} refunds, ${amount} cents for ${formatCredits(millicredits(credits))}`;
  const rest = total.failed > 0 ? `; ${total.failed} failed: run it again` : '';
  const text = act.yes ? `${sum}${rest}` : `${sum}${rest}. Nothing was done. Do it with --yes`;
  print({ ...total, code: act.yes ? 'OK' : 'DRY_RUN' }, text);
  return total.failed === 0;
}

/** @returns how many could not be finished. */
async function finishEarlier(desk: RefundDesk, { yes, now }: RefundAll, print: Printer): Promise<number> {
  const open = (await desk.listOpen(now)).length;
  if (open === 0) return 0;
  const failed = yes ? await desk.finishOpen(now) : 0;
  const text = yes ? `${open - failed} of ${open} begun earlier: finished` : `${open} begun earlier would be finished`;
  print({ begunEarlier: open, failed, code: yes ? 'OK' : 'DRY_RUN' }, text);
  return failed;
}
