import * as z from 'zod/mini';

/** The largest seed that every route accepts: an unsigned 31-bit integer. */
export const MAX_SEED = 2 ** 31 - 1;

/** Figma refuses images with a longer side (`figma.createImage`, plugin typings 1.142). In px. */
export const MAX_SIDE = 4096;

/** The longest prompt that any model is given, in characters. */
export const MAX_PROMPT = 4_000;

/** And the longest negative prompt. */
export const MAX_NEGATIVE_PROMPT = 2_000;

/** The most pictures that go in. */
export const MAX_REFERENCES = 16;

/** A side of a picture, in px. */
export const Side = z.int().check(z.minimum(1), z.maximum(16_384));

/** The name of a resolution or of a quality. */
export const ChoiceName = z.string().check(z.minLength(1), z.maxLength(16));

/** How many results. */
export const Count = z.int().check(z.minimum(1), z.maximum(10));

/** Seconds of video. */
export const Duration = z.int().check(z.minimum(1), z.maximum(60));

/** How many times larger an upscale is, by side. */
export const Factor = z.int().check(z.minimum(1), z.maximum(16));

/**
 * How large: pixels for models that take any size or one of a list, an aspect ratio and a resolution for those that do
 * not, and `auto` where the model or the picture that it works on decides.
 */
export const Size = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pixels'), width: Side, height: Side }),
  z.strictObject({
    kind: z.literal('ratio'),
    ratio: z.string().check(z.regex(/^\d{1,2}:\d{1,2}$/)),
    tier: ChoiceName,
  }),
  z.strictObject({ kind: z.literal('auto'), tier: z.optional(ChoiceName) }),
]);
export type Size = z.infer<typeof Size>;

/** A picture that goes in: what was uploaded, and its size in px, which some prices count. */
const Picture = z.strictObject({
  assetId: z.string().check(z.minLength(1), z.maxLength(64)),
  width: Side,
  height: Side,
});

/** What the designer asks for; which of it a model understands is in its capability. */
export const Settings = z.strictObject({
  /** Empty only for what needs no words, such as an upscale. */
  prompt: z.string().check(z.trim(), z.maxLength(MAX_PROMPT)),
  size: Size,
  count: Count,
  seed: z.optional(z.int().check(z.minimum(0), z.maximum(MAX_SEED))),
  quality: z.optional(ChoiceName),
  negativePrompt: z.optional(z.string().check(z.maxLength(MAX_NEGATIVE_PROMPT))),
  /** Pictures to go by; for an edit or an upscale, the first is the one to work on. */
  references: z.optional(z.array(Picture).check(z.maxLength(MAX_REFERENCES))),
  /** Where to paint: white is painted, black is kept. */
  mask: z.optional(Picture),
  /** A transparent background. */
  transparent: z.optional(z.boolean()),
  /** Seconds of video. */
  duration: z.optional(Duration),
  /** Sound with the video. */
  audio: z.optional(z.boolean()),
  /** How many times larger an upscale is, by side. */
  factor: z.optional(Factor),
});
export type Settings = z.infer<typeof Settings>;
