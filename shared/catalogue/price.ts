import * as z from 'zod/mini';
import { isExactUsd } from './pico-usd.ts';

/** US dollars, with at most six decimals: more could not be counted in whole picodollars (see `pico-usd.ts`). */
const Usd = z
  .number()
  .check(z.minimum(0), z.maximum(1_000), z.refine(isExactUsd, { error: 'write at most six decimals' }));

/** What must be chosen for a row of the table to count; a row counts when all that it names is so. */
const conditions = {
  /** The resolution: 1K, 4K, 1080p. */
  tier: z.optional(z.string()),
  quality: z.optional(z.string()),
  /** How long the video is. */
  seconds: z.optional(z.int()),
  /** With sound or without. */
  audio: z.optional(z.boolean()),
  /** At most so many pixels in the result. */
  upToPixels: z.optional(z.int()),
};

const rates = <Schema extends z.ZodMiniType>(rate: Schema) => z.array(rate).check(z.minLength(1));

/** What each reference picture adds, in one of two forms; the first `free` ones add nothing. */
const References = z.strictObject({
  free: z.optional(z.int().check(z.minimum(0))),
  each: z.optional(Usd),
  perMegapixel: z.optional(Usd),
});

/** US dollars per million tokens, as far as they are known. */
const TokenRates = z.strictObject({
  textIn: z.optional(Usd),
  imageIn: z.optional(Usd),
  textOut: z.optional(Usd),
  imageOut: z.optional(Usd),
});
export type TokenRates = z.infer<typeof TokenRates>;

const extras = {
  references: z.optional(References),
  /** What sound adds to a video, whatever its length. */
  sound: z.optional(Usd),
  /** Where the provider reports tokens, their rates: what was used settles the price. */
  tokens: z.optional(TokenRates),
};

const fixed = rates(z.strictObject({ ...conditions, usd: Usd }));

/**
 * A published price: a table whose first row that fits counts. One row without a condition is a flat price; rows by tier
 * or quality are the price lists that makers print.
 */
export const Price = z.discriminatedUnion('per', [
  z.strictObject({ per: z.literal('image'), rates: fixed, ...extras }),
  /** `usd` for the first megapixel (1,000,000 px), `extra` for each further one in proportion; `usd` when left out. */
  z.strictObject({
    per: z.literal('megapixel'),
    rates: rates(z.strictObject({ ...conditions, usd: Usd, extra: z.optional(Usd) })),
    ...extras,
  }),
  z.strictObject({ per: z.literal('second'), rates: fixed, ...extras }),
  /** The whole video, whatever its length where no row names one. */
  z.strictObject({ per: z.literal('video'), rates: fixed, ...extras }),
  /** By the tokens that the provider counts: `estimate` are the output tokens of one picture, for the ceiling. */
  z.strictObject({
    per: z.literal('token'),
    rates: rates(z.strictObject({ ...conditions, estimate: z.int().check(z.minimum(1)) })),
    ...extras,
    tokens: z.extend(TokenRates, { imageOut: Usd }),
  }),
]);
export type Price = z.infer<typeof Price>;
export type Rate = Price['rates'][number];

/** The choices that a price may depend on. */
export interface Choices {
  readonly tier: string | undefined;
  readonly quality: string | undefined;
  readonly seconds: number | undefined;
  readonly audio: boolean;
  /** Of the result; null when only the model knows. */
  readonly pixels: number | null;
}

/** The row that counts for these choices, if there is one. */
export function findRate<OnePrice extends Price>(
  price: OnePrice,
  choices: Choices,
): OnePrice['rates'][number] | undefined {
  return price.rates.find((rate) => fits(rate, choices));
}

function fits({ tier, quality, seconds, audio, upToPixels }: Rate, choices: Choices): boolean {
  const same = (wanted: unknown, chosen: unknown) => wanted === undefined || wanted === chosen;
  return (
    same(tier, choices.tier) &&
    same(quality, choices.quality) &&
    same(seconds, choices.seconds) &&
    same(audio, choices.audio) &&
    (upToPixels === undefined || (choices.pixels !== null && choices.pixels <= upToPixels))
  );
}
