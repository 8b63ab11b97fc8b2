import { z } from 'zod';

/** What Luma's Dream Machine API says (npm lumaai 1.19.1). Unknown fields are ignored. */

/** 201 to a submit, 200 to `GET /generations/{id}`. */
export const Generation = z.object({
  id: z.string().regex(/^[\w-]+$/),
  state: z.enum(['queued', 'dreaming', 'completed', 'failed']),
  failure_reason: z.string().nullish(),
  assets: z.object({ video: z.string().nullish() }).nullish(),
});

export const ErrorBody = z.object({ detail: z.union([z.string(), z.array(z.object({ msg: z.string() }))]) });

/** 200 to `GET /credits`, in US cents. */
export const Credits = z.object({ credit_balance: z.number() });
