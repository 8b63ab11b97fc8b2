import type { Millicredits } from '../credits.ts';
import { picoUsd, picoUsdPerMillionth } from './pico-usd.ts';
import { type Choices, findRate, type Price, type Rate } from './price.ts';
import type { PublicModel } from './public-model.ts';
import type { Settings } from './settings.ts';
import { outputSize, tierOf } from './size.ts';
import { type Tariff, toCredits } from './tariff.ts';

/** One line of a quote: what it is for, and its share of the cost before margin and rounding, in picodollars. */
export interface PriceLine {
  readonly label: string;
  readonly picoUsd: number;
}

/** What a generation will cost at most, and what that is made of. */
export interface PriceEstimate {
  /** The ceiling, in millicredits: the lines' sum × margin, in credits, rounded up to the step once. */
  readonly ceiling: Millicredits;
  readonly lines: readonly PriceLine[];
}

/** What a price depends on. */
export type PricedModel = Pick<PublicModel, 'price' | 'sizing' | 'kind' | 'audio'>;

/** What anything may cost at most, in picodollars: beyond it, sums would not be exact. That is $9,007. */
const MOST = Number.MAX_SAFE_INTEGER;

/**
 * The price of `settings` on `model`. The same function runs in the panel (at once, for the button) and in the broker
 * (for the signed quote), so that both always agree.
 * @throws RangeError when the model has no price for what is chosen.
 */
export function estimatePrice(model: PricedModel, settings: Settings, tariff: Tariff): PriceEstimate {
  const lines = priceLines(model, settings);
  return { ceiling: toCredits(sumOf(lines), tariff), lines };
}

/**
 * The lines' sum, in picodollars.
 * @throws RangeError when it is too large to be exact.
 */
export function sumOf(lines: readonly PriceLine[]): number {
  const sum = lines.reduce((total, line) => total + line.picoUsd, 0);
  if (!(sum <= MOST)) throw new RangeError('the price is too large');
  return sum;
}

/** What the settings cost by the published price, line by line, before margin and rounding. */
function priceLines(model: PricedModel, settings: Settings): PriceLine[] {
  const { price } = model;
  const choices = choicesOf(model, settings);
  return [
    ...resultLines(price, choices, settings, model),
    ...soundLines(price, choices, settings.count),
    ...referenceLines(price, settings),
  ];
}

function choicesOf(model: PricedModel, settings: Settings): Choices {
  const size = outputSize(model, settings);
  return {
    tier: tierOf(model.sizing, settings.size),
    quality: settings.quality,
    seconds: settings.duration,
    audio: settings.audio ?? model.audio === 'always',
    pixels: size && size.width * size.height,
  };
}

function resultLines(price: Price, choices: Choices, settings: Settings, model: PricedModel): PriceLine[] {
  const { count } = settings;
  const how = sayChoices(choices);
  const what = model.kind === 'video' ? plural(count, 'video') : plural(count, 'picture');
  switch (price.per) {
    case 'image':
    case 'video': {
      const { usd } = rateFor(price, choices);
      const long = price.per === 'video' && choices.seconds ? ` of ${choices.seconds} seconds` : '';
      return [{ label: `${what}${long}${how}`, picoUsd: picoUsd(usd) * count }];
    }
    case 'second': {
      const { usd } = rateFor(price, choices);
      if (choices.seconds === undefined) throw new RangeError('no price without a length');
      const label = `${times(count)}${plural(choices.seconds, 'second')}${how}`;
      return [{ label, picoUsd: picoUsd(usd) * choices.seconds * count }];
    }
    case 'megapixel':
      return megapixelLines(rateFor(price, choices), choices, count);
    case 'token': {
      const { estimate } = rateFor(price, choices);
      const label = `${what}${how}, about ${estimate * count} tokens`;
      return [{ label, picoUsd: picoUsdPerMillionth(price.tokens.imageOut) * estimate * count }];
    }
    default:
      return price satisfies never;
  }
}

/** First megapixel at its own rate, the rest in proportion: `first + (MP − 1) × extra`, never below `first`. */
function megapixelLines(
  rate: { usd: number; extra?: number | undefined },
  choices: Choices,
  count: number,
): PriceLine[] {
  const { pixels } = choices;
  if (pixels === null) throw new RangeError('no price without a size');
  const { usd, extra = usd } = rate;
  const beyond = Math.max(0, pixels - 1_000_000);
  const how = sayChoices({ ...choices, tier: undefined });
  const lines = [{ label: `${times(count)}first megapixel${how}`, picoUsd: picoUsd(usd) * count }];
  if (beyond > 0 && extra > 0) {
    const label = `${times(count)}${(beyond / 1_000_000).toFixed(2)} megapixels more${how}`;
    lines.push({ label, picoUsd: picoUsdPerMillionth(extra) * beyond * count });
  }
  return lines;
}

function soundLines({ sound }: Price, { audio }: Choices, count: number): PriceLine[] {
  return sound !== undefined && audio ? [{ label: `${times(count)}sound`, picoUsd: picoUsd(sound) * count }] : [];
}

/** What goes in counts for each result: every one of them is a run of its own at the provider's. */
function referenceLines({ references: rate }: Price, { references = [], count }: Settings): PriceLine[] {
  const charged = references.slice(rate?.free ?? 0);
  if (!rate || charged.length === 0) return [];
  const pixels = charged.reduce((sum, { width, height }) => sum + width * height, 0);
  const each = picoUsd(rate.each ?? 0) * charged.length;
  const pico = (each + picoUsdPerMillionth(rate.perMegapixel ?? 0) * pixels) * count;
  if (pico === 0) return [];
  const size = rate.perMegapixel ? `, ${(pixels / 1_000_000).toFixed(2)} megapixels` : '';
  return [{ label: `${times(count)}${plural(charged.length, 'reference picture')}${size}`, picoUsd: pico }];
}

function rateFor<OnePrice extends Price>(price: OnePrice, choices: Choices): OnePrice['rates'][number] {
  const rate = findRate(price, choices);
  if (!rate) throw new RangeError(`no price for ${JSON.stringify(choices)}`);
  return rate;
}

/** The choices in words: ` at 4K, high quality, with sound`. */
function sayChoices({ tier, quality, audio }: Pick<Rate, 'tier' | 'quality' | 'audio'>): string {
  const parts = [
    tier === undefined ? null : ` at ${tier}`,
    quality === undefined ? null : `, ${quality} quality`,
    audio ? ', with sound' : null,
  ];
  return parts.filter((part) => part !== null).join('');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function times(count: number): string {
  return count > 1 ? `${count} × ` : '';
}
