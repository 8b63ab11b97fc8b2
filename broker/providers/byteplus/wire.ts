import { z } from 'zod';

/**
 * What ModelArk says (docs.byteplus.com/en/docs/ModelArk; npm @ai-sdk/bytedance 1.0.29). Unknown fields are ignored:
 * some are added without notice.
 */

const Failure = z.object({ code: z.string().nullish(), message: z.string().nullish() });

/** 200 to `POST /images/generations`. A picture that failed stands among those that did not. */
export const Pictures = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish(), error: Failure.nullish() })),
});

/** 200 to `POST /contents/generations/tasks`. The id becomes part of an address. */
export const Created = z.object({ id: z.string().regex(/^[\w-]+$/) });

/** 200 to `GET /contents/generations/tasks/{id}`. */
export const Task = z.object({
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']),
  content: z.object({ video_url: z.string().nullish() }).nullish(),
  error: Failure.nullish(),
  seed: z.number().nullish(),
});

export const ErrorBody = z.object({ error: Failure });
