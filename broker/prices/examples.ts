import type { PriceExample } from '../../shared/api/prices.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import { picoUsd, picoUsdPerMillionth } from '../../shared/catalogue/pico-usd.ts';
import type { Price, Rate } from '../../shared/catalogue/price.ts';
import { type Tariff, toCredits } from '../../shared/catalogue/tariff.ts';

/**
 * A model's price table as people read it: one line for each row, and for what is added to it, each with what it comes to
 * in credits when it is bought alone.
 */
export function priceExamples({ price }: Pick<Model, 'price'>, tariff: Tariff): PriceExample[] {
  const line = (label: string, pico: number): PriceExample => ({
    label,
    picoUsd: pico,
    price: toCredits(pico, tariff),
  });
  return [
    ...rowLines(price).map(({ label, pico }) => line(label, pico)),
    ...extraLines(price).map(({ label, pico }) => line(label, pico)),
  ];
}

interface Line {
  readonly label: string;
  readonly pico: number;
}

function rowLines(price: Price): Line[] {
  switch (price.per) {
    case 'image':
      return price.rates.map((rate) => ({ label: say(pictureOf(price, rate), rate), pico: picoUsd(rate.usd) }));
    case 'video':
      return price.rates.map((rate) => ({ label: say('Video', rate), pico: picoUsd(rate.usd) }));
    case 'second':
      return price.rates.map((rate) => ({ label: say('Second', rate), pico: picoUsd(rate.usd) }));
    case 'megapixel':
      return price.rates.flatMap((rate) => {
        const { usd, extra = usd } = rate;
        if (extra === usd) return [{ label: say('Megapixel', rate), pico: picoUsd(usd) }];
        return [
          { label: say('First megapixel', rate), pico: picoUsd(usd) },
          { label: say('Each further megapixel', rate), pico: picoUsd(extra) },
        ];
      });
    case 'token':
      return price.rates.map((rate) => ({
        label: `${say('Picture', rate)}, about ${rate.estimate.toLocaleString('en')} tokens`,
        pico: picoUsdPerMillionth(price.tokens.imageOut) * rate.estimate,
      }));
    default:
      return price satisfies never;
  }
}

function extraLines({ references, sound }: Price): Line[] {
  const { free = 0, each = 0, perMegapixel = 0 } = references ?? {};
  const which = free === 0 ? 'Reference picture' : `Reference picture after the first${free > 1 ? ` ${free}` : ''}`;
  return [
    { label: `+ ${which}`, pico: picoUsd(each) },
    { label: `+ ${which}, per megapixel`, pico: picoUsd(perMegapixel) },
    { label: '+ Sound', pico: picoUsd(sound ?? 0) },
  ].filter(({ pico }) => pico > 0);
}

/** Below rows for smaller pictures, the row without a bound is for larger ones. */
function pictureOf({ rates }: Price, { upToPixels }: Rate): string {
  const isRest = upToPixels === undefined && rates.some((rate) => rate.upToPixels !== undefined);
  return isRest ? 'Larger picture' : 'Picture';
}

/** `Picture, 4K, high quality`: what a row of the table is for. */
function say(what: string, { tier, quality, seconds, audio, upToPixels }: Rate): string {
  return [
    what,
    tier,
    quality && `${quality} quality`,
    seconds && `${seconds} seconds`,
    audio !== undefined && (audio ? 'with sound' : 'silent'),
    upToPixels && `up to ${Number((upToPixels / 1_000_000).toFixed(2))} megapixels`,
  ]
    .filter(Boolean)
    .join(', ');
}
