import * as z from 'zod/mini';
import { Price } from './price.ts';
import { DurationLimit, modelFields, References, Sizing } from './public-model.ts';
import { ChoiceName, Count, Duration, Factor, MAX_PROMPT } from './settings.ts';

/** Everyone who may serve a model. */
export const ProviderName = z.enum([
  'sketch',
  'fal',
  'bfl',
  'google',
  'openai',
  'byteplus',
  'ideogram',
  'recraft',
  'stability',
  'runway',
  'luma',
  'replicate',
  'openai-compatible',
  'a1111',
  'comfyui',
]);
export type ProviderName = z.infer<typeof ProviderName>;

/** One way to reach a model: which provider, and the model's path or name there. */
export const Route = z.strictObject({ provider: ProviderName, path: z.string().check(z.minLength(1)) });
export type Route = z.infer<typeof Route>;

/** A route as the catalogue has it, with whatever differs there from the model's own price and capability. */
const CatalogueRoute = z.extend(Route, {
  /** The path when pictures go in, where it is another. */
  referencePath: z.optional(z.string()),
  /** The path when a mask goes in, where it is another. */
  maskPath: z.optional(z.string()),
  price: z.optional(Price),
  priceSource: z.optional(z.string()),
  /** The first day (UTC) on which this route is closed. */
  shutdown: z.optional(z.string()),
  can: z.optional(
    z.strictObject({
      sizing: z.optional(Sizing),
      maxPrompt: z.optional(z.int().check(z.minimum(1), z.maximum(MAX_PROMPT))),
      maxCount: z.optional(Count),
      seed: z.optional(z.boolean()),
      negativePrompt: z.optional(z.boolean()),
      qualities: z.optional(z.array(ChoiceName)),
      references: z.optional(References),
      mask: z.optional(z.enum(['none', 'optional', 'required'])),
      transparent: z.optional(z.boolean()),
      durations: z.optional(z.array(Duration)),
      durationLimits: z.optional(z.array(DurationLimit)),
      audio: z.optional(z.enum(['none', 'optional', 'always'])),
      factors: z.optional(z.array(Factor)),
    }),
  ),
});
export type CatalogueRoute = z.infer<typeof CatalogueRoute>;

/** One model of the catalogue: data, never code. */
export const Model = z.strictObject({
  ...modelFields,
  /** In order of preference; empty while no path to it is known. */
  routes: z.array(CatalogueRoute),
});
export type Model = z.infer<typeof Model>;
