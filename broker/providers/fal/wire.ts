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

const File = z.object({ url: z.string() });

/**
 * 200 to `GET …/requests/{id}`: the model's own answer, with pictures, one picture of a utility, or a video. Sizes are
 * often null, so they are not read.
 */
export const Result = z.object({
  images: z.array(File).nullish(),
  image: File.nullish(),
  video: File.nullish(),
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

/** 200 to `GET /v1/models/pricing` (recorded). What a unit is differs from endpoint to endpoint. */
export const Prices = z.object({
  prices: z.array(z.object({ endpoint_id: z.string(), unit_price: z.number(), currency: z.string() })),
});

/** 200 to `GET /v1/account/billing?expand=credits`, for keys of the admin's scope alone (fal.ai/docs "Account billing"). */
export const Billing = z.object({ credits: z.object({ current_balance: z.number(), currency: z.string() }) });

/** The header of a result that says how many units it costs (recorded). */
export const BillableUnits = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number);

/** The headers of a webhook (docs.fal.ai "Webhooks"). */
export const Signed = z.object({
  'x-fal-webhook-request-id': z.string(),
  'x-fal-webhook-user-id': z.string(),
  /** s since 1970 */
  'x-fal-webhook-timestamp': z.string().regex(/^\d{1,15}$/),
  'x-fal-webhook-signature': z.string().regex(/^[\da-f]{128}$/i),
});

/** The keys that sign webhooks. */
export const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519') })) });
