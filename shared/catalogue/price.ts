import type { Millicredits } from '../credits.ts';
import { MILLICREDITS_PER_CREDIT, millicredits, USD_PER_CREDIT } from '../credits.ts';
import type { Model, Price, Tariff } from './model.ts';
import type { Settings } from './settings.ts';
import { outputSize } from './size.ts';

/** One line of a quote: what it is for, and its share of the ceiling before rounding, in millionths of a US dollar. */
export interface PriceLine {
  readonly label: string;
  readonly microUsd: number;
}

/** What a generation will cost at most, and what that is made of. */
export interface PriceEstimate {
  /** The ceiling, in millicredits: the lines' sum × margin, in credits, rounded up to the step once. */
  readonly ceiling: Millicredits;
  readonly lines: readonly PriceLine[];
}

/**
 * The price of `settings` on `model`. The same function runs in the panel (at once, for the button) and in the broker
 * (for the signed quote), so that both always agree.
 * @throws RangeError when the model has no price for the chosen tier or quality.
 */
export function estimatePrice(
  model: Pick<Model, 'price' | 'sizing'>,
  settings: Settings,
  tariff: Tariff,
): PriceEstimate {
  const lines = priceLines(model, settings);
  const microUsd = lines.reduce((total, line) => total + line.microUsd, 0);
  return { ceiling: toCeiling(microUsd, tariff), lines };
}

/**
 * US dollars (in millionths) to millicredits: × margin ÷ $0.05, rounded up once to the tariff's step.
 * All arithmetic is on integers: the margin is in thousandths, so that 1.25 is exact.
 */
export function toCeiling(microUsd: number, tariff: Tariff): Millicredits {
  const microUsdPerMillicredit = (USD_PER_CREDIT * 1_000_000) / MILLICREDITS_PER_CREDIT;
  const marginThousandths = Math.round(tariff.margin * 1_000);
  const steps = Math.ceil((microUsd * marginThousandths) / (1_000 * microUsdPerMillicredit * tariff.stepMillicredits));
  return millicredits(steps * tariff.stepMillicredits);
}

function priceLines(model: Pick<Model, 'price' | 'sizing'>, settings: Settings): PriceLine[] {
  const { price } = model;
  const times = settings.count > 1 ? `${settings.count} × ` : '';
  switch (price.kind) {
    case 'flat':
      return [{ label: `${times}picture`, microUsd: micro(price.perImage) * settings.count }];
    case 'megapixel':
      return megapixelLines(price, outputSize(model, settings), settings.count, times);
    case 'tier': {
      const tier = settings.size.kind === 'ratio' ? settings.size.tier : '';
      return [{ label: `${times}picture at ${tier}`, microUsd: micro(rate(price.perImage, tier)) * settings.count }];
    }
    case 'quality': {
      const quality = settings.quality ?? '';
      return [
        {
          label: `${times}${quality} quality picture`,
          microUsd: micro(rate(price.perImage, quality)) * settings.count,
        },
      ];
    }
    default:
      return unreachable(price);
  }
}

/** First megapixel at its own rate, the rest in proportion: `first + (MP − 1) × extra`, never below `first`. */
function megapixelLines(
  price: Extract<Price, { kind: 'megapixel' }>,
  { width, height }: { width: number; height: number },
  count: number,
  times: string,
): PriceLine[] {
  const extraPixels = Math.max(0, width * height - 1_000_000);
  const lines = [{ label: `${times}first megapixel`, microUsd: micro(price.first) * count }];
  if (extraPixels > 0 && price.extra > 0) {
    const microUsd = Math.ceil((extraPixels * micro(price.extra)) / 1_000_000) * count;
    lines.push({ label: `${times}${(extraPixels / 1_000_000).toFixed(2)} megapixels more`, microUsd });
  }
  return lines;
}

function rate(rates: Record<string, number>, key: string): number {
  const found = rates[key];
  if (found === undefined) throw new RangeError(`no price for ${JSON.stringify(key)}`);
  return found;
}

/** Published prices are decimal dollars with at most six places; from here on they are integers. */
function micro(usd: number): number {
  return Math.round(usd * 1_000_000);
}

function unreachable(value: never): never {
  throw new RangeError(`unknown price ${JSON.stringify(value)}`);
}
