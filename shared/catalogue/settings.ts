import * as z from 'zod/mini';

/** The largest seed that every route accepts: an unsigned 31-bit integer. */
export const MAX_SEED = 2 ** 31 - 1;

/** Figma refuses images with a longer side (`figma.createImage`, plugin typings 1.142). In px. */
export const MAX_SIDE = 4096;

/** How large: pixels for models that take any size, an aspect ratio and a resolution tier for those that do not. */
export const Size = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pixels'),
    width: z.int().check(z.minimum(1), z.maximum(16_384)),
    height: z.int().check(z.minimum(1), z.maximum(16_384)),
  }),
  z.strictObject({
    kind: z.literal('ratio'),
    ratio: z.string().check(z.regex(/^\d{1,2}:\d{1,2}$/)),
    tier: z.string().check(z.maxLength(16)),
  }),
]);
export type Size = z.infer<typeof Size>;

/** What the designer asks for; which of it a model understands is in its capability. */
export const Settings = z.strictObject({
  prompt: z.string().check(z.trim(), z.minLength(1), z.maxLength(4_000)),
  size: Size,
  count: z.int().check(z.minimum(1), z.maximum(10)),
  seed: z.optional(z.int().check(z.minimum(0), z.maximum(MAX_SEED))),
  quality: z.optional(z.string().check(z.maxLength(16))),
  negativePrompt: z.optional(z.string().check(z.maxLength(2_000))),
});
export type Settings = z.infer<typeof Settings>;
