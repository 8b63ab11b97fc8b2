import { z } from 'zod';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { StoredAmount, StoredInteger } from './balance.ts';
import { type Cap, CapPeriod } from './cap.ts';

/** What a member or a tag has used and holds, and the cap on it. The twin of tally.lua. */
export interface Tally {
  /** By UTC day, week (from Monday) and month of the last spend, and in all. */
  readonly used: Readonly<Record<CapPeriod, Millicredits>>;
  readonly held: Millicredits;
  /** In how many holds. */
  readonly open: number;
  readonly cap: Cap | null;
  /** When it was first spent on the last day of a spend, ms since 1970; 0 for never. */
  readonly spentAt: number;
}

const Zero = StoredAmount.prefault('0');

/**
 * The fields of `m:{P}:<member>` and `b:{P}:<tag>` that tell a tally. Of each period they keep what was used in all when
 * it began, so that a spend changes one number.
 */
export const StoredTally = z
  .object({
    used: Zero,
    held: Zero,
    open: StoredInteger.prefault('0'),
    day: Zero,
    week: Zero,
    month: Zero,
    at: StoredInteger.prefault('0'),
    cap: StoredAmount.optional(),
    period: CapPeriod.optional(),
  })
  .transform(
    ({ used, held, open, day, week, month, at, cap, period }): Tally => ({
      used: {
        day: millicredits(used - day),
        week: millicredits(used - week),
        month: millicredits(used - month),
        total: used,
      },
      held,
      open,
      cap: cap === undefined || period === undefined ? null : { limit: cap, period },
      spentAt: at,
    }),
  );

export const NO_TALLY: Tally = StoredTally.parse({});

/** The tally as it is at `now`, ms since 1970: what was used in a period that has ended does not count. */
export function tallyAt(tally: Tally, now: number): Tally {
  const since = periodsOf(now);
  const last = periodsOf(tally.spentAt);
  const { used } = tally;
  const zero = millicredits(0);
  return {
    ...tally,
    used: {
      day: since.day > last.day ? zero : used.day,
      week: since.week > last.week ? zero : used.week,
      month: since.month > last.month ? zero : used.month,
      total: used.total,
    },
    spentAt: since.day > last.day ? now : tally.spentAt,
  };
}

function periodsOf(time: number) {
  const date = new Date(time);
  const day = Math.floor(time / 86_400_000);
  return { day, week: Math.floor((day + 3) / 7), month: date.getUTCFullYear() * 12 + date.getUTCMonth() };
}
