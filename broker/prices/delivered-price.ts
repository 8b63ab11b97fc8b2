import { revenueOf, type Tariff, toCredits } from '../../shared/catalogue/tariff.ts';
import { type Millicredits, millicredits } from '../../shared/credits.ts';

/** What is known when a generation has its results. */
export interface Delivery {
  /** The quote: the most that was promised. */
  readonly ceiling: Millicredits;
  /** Results that were asked for, and those that came. */
  readonly asked: number;
  readonly delivered: number;
  /** What the delivered part cost the operator, in picodollars; null when nobody knows. */
  readonly costPicoUsd: number | null;
}

/**
 * What a person pays: min(quote, price of what was really delivered). Partial results pay for their part of the quote at
 * most, rounded up to the millicredit; a quote is never exceeded, whatever the provider reports.
 */
export function deliveredPrice({ ceiling, asked, delivered, costPicoUsd }: Delivery, tariff: Tariff): Millicredits {
  const share = delivered < asked ? millicredits(Math.ceil((ceiling * delivered) / asked)) : ceiling;
  return costPicoUsd === null ? share : millicredits(Math.min(share, toCredits(costPicoUsd, tariff)));
}

/** One generation's books, in picodollars. */
export interface Margin {
  readonly revenue: number;
  readonly cost: number;
  /** Negative where the house paid. */
  readonly margin: number;
}

/** What a generation brought the operator. */
export function marginOf(charged: Millicredits, costPicoUsd: number): Margin {
  const revenue = revenueOf(charged);
  return { revenue, cost: costPicoUsd, margin: revenue - costPicoUsd };
}
