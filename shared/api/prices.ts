import * as z from 'zod/mini';
import { PublicModel } from '../catalogue/public-model.ts';
import { Amount } from '../credits.ts';

/** A change of the price list. */
export const PriceChange = z.strictObject({
  /** `YYYY-MM-DD` */
  date: z.iso.date(),
  what: z.string(),
});
export type PriceChange = z.infer<typeof PriceChange>;

/** A choice of a model, and what it costs: the provider's price in picodollars, and with margin in millicredits. */
const PriceExample = z.object({ label: z.string(), picoUsd: z.int(), price: Amount });
export type PriceExample = z.infer<typeof PriceExample>;

const { id, name, maker, kind, price, licence, watermark, shutdown, notice } = PublicModel.shape;

/** One model of the list. */
export const PricedModel = z.object({
  id,
  name,
  maker,
  kind,
  notice,
  price,
  /** What people pay for one result, for each choice that has a price of its own. */
  examples: z.array(PriceExample),
  /** Whether it can be picked on this broker now. */
  offered: z.boolean(),
  licence,
  watermark,
  shutdown,
  priceSource: PublicModel.shape.priceSource,
  priceConfidence: PublicModel.shape.priceConfidence,
  priceAsOf: PublicModel.shape.priceAsOf,
});
export type PricedModel = z.infer<typeof PricedModel>;

/** A basket of several orders, and what they cost together. */
const PricedBasket = z.object({
  name: z.string(),
  items: z.array(z.object({ label: z.string(), modelId: z.string(), picoUsd: z.int(), price: Amount })),
  picoUsd: z.int(),
  price: Amount,
});
export type PricedBasket = z.infer<typeof PricedBasket>;

/** `GET /v1/prices`: the public price list. */
export const PriceList = z.object({
  /** The day of its last change, `YYYY-MM-DD`. */
  asOf: z.string(),
  /** US dollars for one credit. */
  creditUsd: z.number(),
  /** Credits = the provider's price × margin ÷ creditUsd, rounded up to the step, and at least one step. */
  margin: z.number(),
  /** In credits. */
  step: z.number(),
  models: z.array(PricedModel),
  /** What a small shop would pay; null where its models are not in this catalogue. */
  example: z.nullable(PricedBasket),
  /** Newest first. */
  changes: z.array(PriceChange),
});
export type PriceList = z.infer<typeof PriceList>;
