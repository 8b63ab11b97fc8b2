import { z } from 'zod';

/** What Ideogram's API says (its OpenAPI document; developer.ideogram.ai). Unknown fields are ignored. */

/** 200 to every endpoint that makes pictures. */
export const Images = z.object({
  data: z.array(
    z.object({
      /** Null or empty where the picture is withheld. Links expire. */
      url: z.string().nullish(),
      is_image_safe: z.boolean().nullish(),
      seed: z.number().nullish(),
    }),
  ),
});

export const ErrorBody = z.object({
  error: z.string().nullish(),
  message: z.string().nullish(),
  detail: z.string().nullish(),
  /** With 402: `insufficient_funds`, `daily_limit`. */
  reject_reason: z.string().nullish(),
});
