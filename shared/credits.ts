import * as z from 'zod/mini';

/** An amount on the wire: an integer of millicredits, negative only where a balance is a debt. */
export const Amount = z.int().brand<'millicredits'>();

/**
 * Money as Inkpot stores it: an integer of millicredits. 1 credit = 1,000 millicredits = $0.05.
 * It becomes a decimal only in {@link formatCredits} and {@link formatUsd}.
 */
export type Millicredits = z.infer<typeof Amount>;

/** Millicredits in one credit, the unit that people see. */
export const MILLICREDITS_PER_CREDIT = 1_000;

/** US dollars for one credit. */
export const USD_PER_CREDIT = 0.05;

/** Millionths of a US dollar for one millicredit. */
export const MICRO_USD_PER_MILLICREDIT = (USD_PER_CREDIT * 1_000_000) / MILLICREDITS_PER_CREDIT;

/** The largest amount that one ledger operation may move, in millicredits (design/ledger.md, rule 5). */
export const MAX_AMOUNT = 1_000_000_000;

/**
 * Marks an integer as millicredits.
 * @throws RangeError when `value` is not a safe integer.
 */
export function millicredits(value: number): Millicredits {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number of millicredits`);
  return value as Millicredits;
}

/** Whole credits, as sold in packs, in millicredits. */
export function credits(whole: number): Millicredits {
  return millicredits(whole * MILLICREDITS_PER_CREDIT);
}

/** A balance or a price as people read it: `1.8 credits`, `1 credit`, `1,234.5 credits`. */
export function formatCredits(amount: Millicredits): string {
  const number = formatNumber(amount / MILLICREDITS_PER_CREDIT);
  return `${number} ${number === '1' ? 'credit' : 'credits'}`;
}

/** The same amount in US dollars, to the cent and finer where a cent would hide it: `$0.09`, `$0.0375`. */
export function formatUsd(amount: Millicredits): string {
  const dollars = (amount * USD_PER_CREDIT) / MILLICREDITS_PER_CREDIT;
  const cents = Math.round(dollars * 100) / 100;
  return `$${Math.abs(dollars - cents) < 1e-9 ? dollars.toFixed(2) : String(Number(dollars.toFixed(5)))}`;
}

/** Groups thousands by hand, because Figma's sandbox has no `Intl`; at most three decimals. */
function formatNumber(value: number): string {
  const [whole = '0', fraction] = String(Number(value.toFixed(3))).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction ? `${grouped}.${fraction}` : grouped;
}
