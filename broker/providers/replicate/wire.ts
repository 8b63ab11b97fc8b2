import { z } from 'zod';

/** What Replicate's API says (npm replicate 1.4.0, its OpenAPI document). Unknown fields are ignored. */

/** 201 or 202 to a submit, 200 to `GET /predictions/{id}` and to a cancel. */
export const Prediction = z.object({
  id: z.string().regex(/^[\w-]+$/),
  status: z.enum(['starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted']),
  /** One address or several; other models answer with other things. Gone after an hour. */
  output: z.unknown(),
  error: z.unknown(),
});

/** The addresses in an output. */
export const Output = z.union([z.string().transform((url) => [url]), z.array(z.string())]);

export const ErrorBody = z.object({ title: z.string().optional(), detail: z.string().optional() });

/** 200 to `GET /webhooks/default/secret`. */
export const Secret = z.object({ key: z.string().regex(/^whsec_/) });

/** The headers of a webhook. */
export const Signed = z.object({
  'webhook-id': z.string().min(1),
  /** s since 1970 */
  'webhook-timestamp': z.string().regex(/^\d{1,15}$/),
  /** `v1,<base64>`, several with spaces between. */
  'webhook-signature': z.string(),
});
