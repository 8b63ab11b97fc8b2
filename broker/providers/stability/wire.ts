import { z } from 'zod';

/**
 * What Stability's v2beta says where JSON is accepted (platform.stability.ai/docs/api-reference). Unknown fields are
 * ignored.
 */

/** 200 to whatever makes a picture. A filtered one is blurred beyond use. */
export const Made = z.object({
  image: z.string().nullish(),
  finish_reason: z.string().nullish(),
  seed: z.number().nullish(),
});

/** 200 to `GET /v1/user/balance`, in credits. */
export const Balance = z.object({ credits: z.number() });

export const ErrorBody = z.object({ name: z.string().nullish(), errors: z.array(z.string()).nullish() });
