import * as z from 'zod/mini';
import { Price } from './price.ts';
import {
  ChoiceName,
  Count,
  Duration,
  Factor,
  MAX_NEGATIVE_PROMPT,
  MAX_PROMPT,
  MAX_REFERENCES,
  Side,
} from './settings.ts';

const PixelCount = z.int().check(z.minimum(1));

/** Which sizes a model can make. All sides in px. */
export const Sizing = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pixels'),
    minSide: Side,
    maxSide: Side,
    minPixels: PixelCount,
    maxPixels: PixelCount,
    /** Both sides must be a multiple of this. */
    multipleOf: z.int().check(z.minimum(1)),
  }),
  /** An aspect ratio and a resolution; `pixels` is absent where the maker does not say how many it has. */
  z.strictObject({
    kind: z.literal('ratio'),
    ratios: z.array(z.string()).check(z.minLength(1)),
    tiers: z.array(z.strictObject({ id: ChoiceName, pixels: z.optional(PixelCount) })).check(z.minLength(1)),
  }),
  /** These sizes and no others, as `1024x1536`. */
  z.strictObject({
    kind: z.literal('list'),
    tiers: z
      .array(z.strictObject({ id: ChoiceName, sizes: z.array(z.string()).check(z.minLength(1)) }))
      .check(z.minLength(1)),
  }),
  /** The model decides, or the picture that it works on; a resolution may still be chosen. */
  z.strictObject({ kind: z.literal('auto'), tiers: z._default(z.array(ChoiceName), []) }),
]);
export type Sizing = z.infer<typeof Sizing>;

const ReferenceCount = z.int().check(z.minimum(0), z.maximum(MAX_REFERENCES));

/** How many pictures may and must go in. */
export const References = z.strictObject({ min: z._default(ReferenceCount, 0), max: ReferenceCount });

/** Where a model has fewer lengths than it has elsewhere: at some resolutions, or with at least so many pictures. */
export const DurationLimit = z.strictObject({
  tiers: z.optional(z.array(ChoiceName)),
  references: z.optional(ReferenceCount),
  durations: z.array(Duration).check(z.minLength(1)),
});

const Either = z.enum(['references', 'mask', 'negativePrompt', 'transparent']);
export type Either = z.infer<typeof Either>;

const capability = {
  sizing: Sizing,
  /** Whether it needs words. */
  prompt: z._default(z.enum(['required', 'optional', 'none']), 'required'),
  /** The longest prompt that it takes, in characters (UTF-16 code units, as JavaScript counts them). */
  maxPrompt: z._default(z.int().check(z.minimum(1), z.maximum(MAX_PROMPT)), MAX_PROMPT),
  /** The most results of one generation. */
  maxCount: z._default(Count, 1),
  seed: z._default(z.boolean(), false),
  negativePrompt: z._default(z.boolean(), false),
  /** The longest negative prompt that it takes, where it has one; counted as the prompt is. */
  maxNegativePrompt: z._default(z.int().check(z.minimum(1), z.maximum(MAX_NEGATIVE_PROMPT)), MAX_NEGATIVE_PROMPT),
  /** The quality settings, best last; empty when there is no such choice. */
  qualities: z._default(z.array(ChoiceName), []),
  references: z._default(References, { min: 0, max: 0 }),
  mask: z._default(z.enum(['none', 'optional', 'required']), 'none'),
  /** Whether the background can be transparent. */
  transparent: z._default(z.boolean(), false),
  /** Settings that it takes, but not together. */
  apart: z._default(z.array(z.tuple([Either, Either])), []),
  /** Seconds that a video may last; empty when nobody says, and then it cannot be priced. */
  durations: z._default(z.array(Duration), []),
  /** All that apply count. */
  durationLimits: z._default(z.array(DurationLimit), []),
  /** Sound with the video; absent when nobody says. */
  audio: z.optional(z.enum(['none', 'optional', 'always'])),
  /** How many times larger an upscale may be, by side; empty when there is no such choice. */
  factors: z._default(z.array(Factor), []),
};

/** Whether the results may be used commercially, and who says so. */
const Licence = z.strictObject({
  commercial: z.enum(['yes', 'depends', 'unverified']),
  by: z.string(),
  text: z.string(),
});

/** What is known about a model; what is not known is absent. */
export const modelFields = {
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]*$/)),
  name: z.string(),
  maker: z.string(),
  kind: z.enum(['image', 'video', 'utility']),
  /** What a utility does to a picture. */
  operation: z.optional(z.enum(['upscale', 'remove-background', 'vectorize', 'erase', 'inpaint'])),
  /** The result is a drawing of paths (SVG) and not of pixels. */
  vector: z._default(z.boolean(), false),
  /** What it is good at, in a few words each. */
  strengths: z.array(z.string()),
  /** Said beside the model's name wherever it is shown, when something about it must not be missed. */
  notice: z._default(z.nullable(z.string()), null),
  price: Price,
  ...capability,
  licence: Licence,
  watermark: z.string(),
  /** The first day (UTC) on which its maker no longer serves it. */
  shutdown: z.optional(z.string()),
  /** Where the price comes from, whether its own seller says it, and the day (or month, or year) it was read. */
  priceSource: z.string(),
  priceConfidence: z._default(z.enum(['published', 'secondary']), 'published'),
  priceAsOf: z.optional(z.string()),
};

/** A model as the plugin sees it: without its routes, which are the broker's business. */
export const PublicModel = z.object(modelFields);
export type PublicModel = z.infer<typeof PublicModel>;
