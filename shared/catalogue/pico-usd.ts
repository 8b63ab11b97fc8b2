/*
 * What providers charge is counted in picodollars (10^-12 US dollars), as integers: a price of at most six decimals per
 * megapixel or per million tokens is then a whole number per pixel or token, so that nothing is rounded before the end.
 */

/** Picodollars in one US dollar. */
export const PICO_PER_USD = 1e12;

/** The decimals that a published price may have. */
const DECIMALS = 6;

/** Whether `usd` has no more decimals than arithmetic here keeps. */
export function isExactUsd(usd: number): boolean {
  return Number(usd.toFixed(DECIMALS)) === usd;
}

/** A published price in US dollars as picodollars. */
export function picoUsd(usd: number): number {
  return Math.round(usd * 10 ** DECIMALS) * (PICO_PER_USD / 10 ** DECIMALS);
}

/** A published price per million of something (pixels, tokens) as picodollars for one of it. */
export function picoUsdPerMillionth(usd: number): number {
  return picoUsd(usd) / 1_000_000;
}

/** Picodollars as dollars with all the decimals that they need: `$0.0375`. */
export function formatPicoUsd(pico: number): string {
  const dollars = pico / PICO_PER_USD;
  return `$${Number(dollars.toFixed(2)) === dollars ? dollars.toFixed(2) : String(Number(dollars.toFixed(6)))}`;
}
