import * as z from 'zod/mini';

const Usd = z.number().check(z.minimum(0), z.maximum(100));
const Rates = z.record(z.string(), Usd);

/** A published price in US dollars per picture, in one of the forms that makers use. */
export const Price = z.discriminatedUnion('kind', [
  /** The same for every picture. */
  z.strictObject({ kind: z.literal('flat'), perImage: Usd }),
  /** `first` for the first megapixel, `extra` for each further one, in proportion. 1 MP = 1,000,000 px. */
  z.strictObject({ kind: z.literal('megapixel'), first: Usd, extra: Usd }),
  /** By resolution tier, for instance 1K, 2K, 4K. */
  z.strictObject({ kind: z.literal('tier'), perImage: Rates }),
  /** By the model's own quality setting. */
  z.strictObject({ kind: z.literal('quality'), perImage: Rates }),
]);
export type Price = z.infer<typeof Price>;

const Side = z.int().check(z.minimum(1), z.maximum(16_384));

/** Which sizes a model can make. All sides in px. */
export const Sizing = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pixels'),
    minSide: Side,
    maxSide: Side,
    minPixels: z.int(),
    maxPixels: z.int(),
    /** Both sides must be a multiple of this. */
    multipleOf: z.int().check(z.minimum(1)),
  }),
  z.strictObject({
    kind: z.literal('ratio'),
    ratios: z.array(z.string()).check(z.minLength(1)),
    tiers: z.array(z.strictObject({ id: z.string(), pixels: z.int() })).check(z.minLength(1)),
  }),
]);
export type Sizing = z.infer<typeof Sizing>;

/** One way to reach a model: which provider, and the model's name there. */
export const Route = z.strictObject({
  provider: z.enum(['sketch', 'fal']),
  path: z.string(),
});
export type Route = z.infer<typeof Route>;

const capability = {
  sizing: Sizing,
  /** The most pictures in one generation. */
  maxCount: z.int().check(z.minimum(1), z.maximum(10)),
  seed: z.boolean(),
  negativePrompt: z.boolean(),
  /** The quality settings, best last; empty when there is no such choice. */
  qualities: z.array(z.string()),
  transparent: z.boolean(),
};

/** One model of the catalogue: data, never code. */
export const Model = z.strictObject({
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]*$/)),
  name: z.string(),
  maker: z.string(),
  kind: z.enum(['image']),
  /** What it is good at, in a few words each. */
  strengths: z.array(z.string()),
  /** Said beside the model's name wherever it is shown, when something about it must not be missed. */
  notice: z.nullable(z.string()),
  price: Price,
  ...capability,
  licence: z.string(),
  watermark: z.string(),
  /** In order of preference. */
  routes: z.array(Route).check(z.minLength(1)),
  /** Where the price comes from, and the day it was read. */
  priceSource: z.string(),
  priceAsOf: z.string(),
});
export type Model = z.infer<typeof Model>;

/** How cost becomes credits: `cost × margin ÷ $0.05`, rounded up to the step. */
export const Tariff = z.strictObject({
  margin: z.number().check(z.minimum(1), z.maximum(10)),
  stepMillicredits: z.int().check(z.minimum(1), z.maximum(1_000)),
});
export type Tariff = z.infer<typeof Tariff>;

/** The house's defaults (design/product.md, "The roster"). */
export const DEFAULT_TARIFF: Tariff = { margin: 1.25, stepMillicredits: 100 };

/** A model as the plugin sees it: without its routes, which are the broker's business. */
export const PublicModel = z.omit(z.object(Model.shape), { routes: true });
export type PublicModel = z.infer<typeof PublicModel>;
