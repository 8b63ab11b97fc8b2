import { z } from 'zod';
import { type Millicredits, millicredits } from '../../shared/credits.ts';

/** A UTC day, week (from Monday) or month, or all time. */
export const CapPeriod = z.enum(['day', 'week', 'month', 'total']);
export type CapPeriod = z.infer<typeof CapPeriod>;

/** The most that may be used and held at once within a period. */
export interface Cap {
  readonly limit: Millicredits;
  readonly period: CapPeriod;
}

/**
 * A cap as the scripts take it: its limit and period, both empty for none.
 * @throws RangeError for a limit that no honest caller can have.
 */
export function capArguments(cap: Cap | null): [string, string] {
  if (!cap) return ['', ''];
  if (!Number.isSafeInteger(cap.limit) || cap.limit < 0) throw new RangeError(`${cap.limit} is not a limit`);
  return [cap.limit.toFixed(0), cap.period];
}

/** A cap as entries tell it: `5000/month`, or nothing. */
export function formatCap(cap: Cap | null): string {
  return cap ? `${cap.limit}/${cap.period}` : '';
}

/** Reads {@link formatCap}; null when there is no cap. */
export function parseCap(text: string): Cap | null {
  const [limit, period] = text.split('/');
  return period === undefined ? null : { limit: millicredits(Number(limit)), period: CapPeriod.parse(period) };
}
