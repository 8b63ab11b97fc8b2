import { type Millicredits, millicredits } from '../../shared/credits.ts';

/** What one payment brought, net of what went back. */
export interface Lot {
  readonly payment: string;
  readonly left: Millicredits;
  /** The entry that brought it. */
  readonly seq: number;
}

/**
 * How much of each payment is unused, when what was bought first is spent first: what the pool still has is of its
 * newest payments.
 * @param has bought credits that are neither spent nor held.
 */
export function unusedOf(lots: readonly Lot[], has: Millicredits): ReadonlyMap<string, Millicredits> {
  const unused = new Map<string, Millicredits>();
  let rest = Math.max(0, has);
  for (const { payment, left } of lots.toSorted((a, b) => b.seq - a.seq)) {
    const part = Math.max(0, Math.min(left, rest));
    unused.set(payment, millicredits(part));
    rest -= part;
  }
  return unused;
}
