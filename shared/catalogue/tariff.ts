import * as z from 'zod/mini';
import { type Millicredits, millicredits } from '../credits.ts';

/** How cost becomes credits: `cost × margin ÷ $0.05`, rounded up to the step. */
export const Tariff = z.strictObject({
  /** At most three decimals. */
  margin: z.number().check(
    z.minimum(1),
    z.maximum(10),
    z.refine((margin) => Number(margin.toFixed(3)) === margin, { error: 'write at most three decimals' }),
  ),
  stepMillicredits: z.int().check(z.minimum(1), z.maximum(1_000)),
});
export type Tariff = z.infer<typeof Tariff>;

/** The house's defaults (design/product.md, "The roster"). */
export const DEFAULT_TARIFF: Tariff = { margin: 1.25, stepMillicredits: 100 };

/** Picodollars in one millicredit, which is $0.00005. */
const PICO_PER_MILLICREDIT = 5e7;

/**
 * Picodollars to millicredits: × margin ÷ $0.05, rounded up once to the tariff's step. Nothing costs less than one step,
 * because a hold must hold something. The margin is counted in thousandths, so that 1.25 is exact.
 */
export function toCredits(pico: number, tariff: Tariff): Millicredits {
  const cost = BigInt(pico) * BigInt(Math.round(tariff.margin * 1_000));
  const step = BigInt(tariff.stepMillicredits) * BigInt(PICO_PER_MILLICREDIT) * 1_000n;
  const steps = Number((cost + step - 1n) / step);
  return millicredits(Math.max(1, steps) * tariff.stepMillicredits);
}

/** What people paid, in picodollars: the operator's revenue. */
export function revenueOf(paid: Millicredits): number {
  return paid * PICO_PER_MILLICREDIT;
}
