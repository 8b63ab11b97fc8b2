import type { TokenRates } from '../../shared/catalogue/price.ts';
import type { ReportedCost } from '../providers/reported-cost.ts';

/** Decimals of a reported number that count; what providers bill has fewer. A rate per token has up to twelve. */
const DECIMALS = 12;

/**
 * What a provider reports as picodollars, rounded up once.
 * @param tokens the rates of the model that was used, for a report in tokens.
 * @returns null for a report that cannot be priced: one that is no amount, or tokens without a known rate.
 */
export function costOf(report: ReportedCost, tokens?: TokenRates): number | null {
  switch (report.kind) {
    case 'usd':
      return product(report.usd, 1);
    case 'credits':
      return product(report.credits, report.usdPerCredit);
    case 'units':
      return product(report.units, report.usdPerUnit);
    case 'tokens':
      return tokens ? tokenCost(report, tokens) : null;
    default:
      return report satisfies never;
  }
}

/** A kind of token that was used and has no known rate makes the whole unknown. */
function tokenCost(used: Extract<ReportedCost, { kind: 'tokens' }>, rates: TokenRates): number | null {
  const parts = (['textIn', 'imageIn', 'textOut', 'imageOut'] as const)
    .filter((kind) => used[kind] !== 0)
    .map((kind) => product(used[kind], (rates[kind] ?? Number.NaN) / 1_000_000));
  return parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

/** Two decimal numbers multiplied as integers, as picodollars. */
function product(amount: number, usd: number): number | null {
  if (!isAmount(amount) || !isAmount(usd)) return null;
  const scaled = (value: number) => BigInt(value.toFixed(DECIMALS).replace('.', ''));
  const scale = 10n ** BigInt(2 * DECIMALS - 12);
  const pico = Number((scaled(amount) * scaled(usd) + scale - 1n) / scale);
  return Number.isSafeInteger(pico) ? pico : null;
}

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value < 1e9;
}
