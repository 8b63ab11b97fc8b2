import { z } from 'zod';

/**
 * What fal's queue says (docs.fal.ai "Queue"; recorded exchanges of 2026-04). Unknown fields are ignored: fal adds some
 * without notice.
 */

/** 200 to `POST /{endpoint}`. */
export const Submitted = z.object({
  request_id: z.string().min(1),
  status_url: z.string(),
  response_url: z.string(),
  cancel_url: z.string(),
});

/** 202 or 200 to `GET …/status`. A failed job is COMPLETED as well: only its result tells. */
export const Status = z.object({ status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']) });

/** 200 to `GET …/requests/{id}`: the model's own answer. Sizes are often null, so they are not read. */
export const Result = z.object({
  images: z.array(z.object({ url: z.string() })),
  seed: z.number().nullish(),
  /** One for each picture; true means that the picture is black. */
  has_nsfw_concepts: z.array(z.boolean()).nullish(),
});

/** The body of an error: a sentence from the queue, or a list of faults from the model. */
export const ErrorBody = z.object({
  detail: z
    .union([
      z.string(),
      z.array(
        z.object({
          type: z.string(),
          msg: z.string().optional(),
          loc: z.array(z.union([z.string(), z.number()])).optional(),
        }),
      ),
    ])
    .optional(),
  error_type: z.string().optional(),
});

/** 200 to `GET /v1/models/pricing` (recorded). */
export const Prices = z.object({ prices: z.array(z.object({ endpoint_id: z.string() })) });
