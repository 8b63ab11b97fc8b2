import type { PricedBasket } from '../../shared/api/prices.ts';
import { findModel } from '../../shared/catalogue/catalogue.ts';
import { estimatePrice, sumOf } from '../../shared/catalogue/estimate.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import type { Size } from '../../shared/catalogue/settings.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { millicredits } from '../../shared/credits.ts';

/** A week of a small shop. Each picture is an order of its own, so each is rounded up by itself. */
const ORDERS: readonly {
  readonly label: string;
  readonly modelId: string;
  readonly times: number;
  readonly size: Size;
}[] = [
  {
    label: '40 quick iterations on Seedream 5.0 Lite',
    modelId: 'seedream-5-lite',
    times: 40,
    size: { kind: 'pixels', width: 2_048, height: 2_048 },
  },
  {
    label: '15 product images on FLUX.2 Pro at 1 megapixel',
    modelId: 'flux-2-pro',
    times: 15,
    size: { kind: 'pixels', width: 1_000, height: 1_000 },
  },
  {
    label: '5 posters on Nano Banana Pro at 4K',
    modelId: 'nano-banana-pro',
    times: 5,
    size: { kind: 'ratio', ratio: '2:3', tier: '4K' },
  },
];

/**
 * What a small shop pays, with the prices of these models.
 * @returns null when one of the models is not among them, or not priced so.
 */
export function shopExample(models: readonly Model[], tariff: Tariff): PricedBasket | null {
  const items = ORDERS.map(({ label, modelId, times, size }) => {
    const model = findModel(models, modelId);
    try {
      const estimate = model && estimatePrice(model, { prompt: '', count: 1, size }, tariff);
      if (!estimate) return null;
      return {
        label,
        modelId,
        picoUsd: sumOf(estimate.lines) * times,
        price: millicredits(estimate.ceiling * times),
      };
    } catch (error) {
      // An operator may have repriced a model in a way that this example does not know.
      if (error instanceof RangeError) return null;
      throw error;
    }
  }).filter((item) => item !== null);
  if (items.length < ORDERS.length) return null;
  return {
    name: 'A small shop’s week',
    items,
    picoUsd: items.reduce((sum, item) => sum + item.picoUsd, 0),
    price: millicredits(items.reduce((sum, item) => sum + item.price, 0)),
  };
}
