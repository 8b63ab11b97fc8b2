import { credits, formatCredits, type Millicredits, millicredits } from '../../shared/credits.ts';

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

/** The id of an amount that is none of the packs. */
export const CUSTOM = 'custom';

/** The least that is sold, in US cents: below it, a card costs more than it brings. */
export const LEAST_CENTS = 500;

/** The most that is sold at once, in US cents: a typing error should not cost more than a month of a busy studio. */
export const MOST_CENTS = 200_000;

const MILLICREDITS_PER_CENT = 200;

/** The pack with this id, or undefined when nothing like it is sold. */
export function findPack(id: string): Pack | undefined {
  return PACKS.find((pack) => pack.id === id);
}

/**
 * The credits for an amount as a person types it: US dollars, with or without `$` and cents.
 * @returns undefined for what is no amount, or less or more than is sold.
 */
export function customPack(typed: string): Pack | undefined {
  const [, dollars, fraction = ''] = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/.exec(typed.trim()) ?? [];
  if (dollars === undefined) return undefined;
  const cents = Number(dollars.replaceAll(',', '')) * 100 + Number(fraction.padEnd(2, '0'));
  if (cents < LEAST_CENTS || cents > MOST_CENTS) return undefined;
  return { id: CUSTOM, credits: millicredits(cents * MILLICREDITS_PER_CENT), cents };
}

/** US cents as people read them: `$10`, `$12.50`, `$2,000`. */
export function formatPrice(cents: number): string {
  const [whole = '', fraction] = (cents / 100).toFixed(2).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `$${grouped}${fraction === '00' ? '' : `.${fraction}`}`;
}

/** The pack's name, the same on our page, on Stripe's and on the receipt: `200 credits, $10`. */
export function packName({ credits: amount, cents }: Pick<Pack, 'credits' | 'cents'>): string {
  return `${formatCredits(amount)}, ${formatPrice(cents)}`;
}
