import { z } from 'zod';

/**
 * What OpenAI's Images API says (npm openai 6.49.0; openai/openai-openapi of 2026-08-21; recorded exchanges of 2026-04).
 * Unknown fields are ignored.
 */

const Tokens = z.object({ image_tokens: z.number(), text_tokens: z.number() });

/** 200 to `POST /images/generations` and `/images/edits`. */
export const Images = z.object({
  data: z.array(z.object({ b64_json: z.string().min(1) })).nullish(),
  usage: z
    .object({
      input_tokens_details: Tokens,
      output_tokens: z.number(),
      /** Not there in older answers: then all of the output are image tokens. */
      output_tokens_details: Tokens.nullish(),
    })
    .nullish(),
});
export type Images = z.infer<typeof Images>;

export const ErrorBody = z.object({
  error: z.object({
    message: z.string().nullish(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.string().nullish(),
    /** What was refused, since 2026: the request or the picture. */
    moderation_details: z.object({ moderation_stage: z.string().nullish() }).nullish(),
  }),
});

/** 200 to `GET /models`. */
export const Models = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      /** `YYYY-MM-DD`: the first day on which it is gone. */
      shutdown_date: z.string().nullish(),
    }),
  ),
});
