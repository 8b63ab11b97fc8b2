import { credits, formatCredits, type Millicredits } from '../../shared/credits.ts';

/** What the checkout sells: credits for a price. One public price list for everybody, no bonus and no discount by size. */
export interface Pack {
  readonly id: string;
  /** Millicredits that the pool gets. */
  readonly credits: Millicredits;
  /** US cents. */
  readonly cents: number;
}

/** Smallest first. A pack's id goes into records and into Stripe's metadata: it is never given another meaning. */
export const PACKS = [
  { id: 'credits-200', credits: credits(200), cents: 1_000 },
  { id: 'credits-500', credits: credits(500), cents: 2_500 },
  { id: 'credits-1000', credits: credits(1_000), cents: 5_000 },
  { id: 'credits-2000', credits: credits(2_000), cents: 10_000 },
] as const satisfies readonly Pack[];

/** The pack with this id, or undefined when nothing like it is sold. */
export function findPack(id: string): Pack | undefined {
  return PACKS.find((pack) => pack.id === id);
}

/** US cents as people read them: `$10`, `$12.50`. */
export function formatPrice(cents: number): string {
  return `$${cents % 100 === 0 ? cents / 100 : (cents / 100).toFixed(2)}`;
}

/** The pack's name, the same on our page, on Stripe's and on the receipt: `200 credits, $10`. */
export function packName({ credits: amount, cents }: Pick<Pack, 'credits' | 'cents'>): string {
  return `${formatCredits(amount)}, ${formatPrice(cents)}`;
}
