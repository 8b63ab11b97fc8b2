import { z } from 'zod';

/**
 * What servers say that speak OpenAI's wire, each in its own accent (stable-diffusion.cpp, examples/server/api.md of
 * 2026-08-19; LocalAI of 2026-08-22). Only what all of them have is read.
 */

const Picture = z.object({ b64_json: z.string().nullish(), url: z.string().nullish() });
export type Picture = z.infer<typeof Picture>;

/** 200 to `POST /v1/images/generations`: sd-server hands over the bytes, LocalAI a link. */
export const Images = z.object({ data: z.array(Picture).nullish() });

/** sd-server's errors are a sentence, LocalAI's an object whose code is a number, others are as OpenAI's. */
export const ErrorBody = z.object({
  error: z.union([
    z.string(),
    z.object({
      message: z.string().nullish(),
      type: z.string().nullish(),
      code: z.union([z.string(), z.number()]).nullish(),
    }),
  ]),
});

/** 200 to `GET /v1/models`. */
export const Models = z.object({ data: z.array(z.object({ id: z.string() })) });
