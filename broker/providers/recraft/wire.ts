import { z } from 'zod';

/**
 * What Recraft says (its OpenAPI document, github.com/tryAGI/Recraft, 2026-08). Unknown fields are ignored.
 */

const Picture = z.object({ b64_json: z.string().nullish(), url: z.string().nullish() });

/** 200 to what makes pictures from words, and to what edits one in several ways. */
export const Made = z.object({ data: z.array(Picture), credits: z.number().nullish() });

/** 200 to what does one thing to one picture. */
export const Processed = z.object({ image: Picture, credits: z.number().nullish() });

/** 200 to `GET /users/me`. */
export const User = z.object({ credits: z.number() });

export const ErrorBody = z.object({ code: z.string().nullish(), message: z.string().nullish() });
