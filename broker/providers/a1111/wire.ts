import { z } from 'zod';

/**
 * What AUTOMATIC1111's and Forge's API says (`/docs` of a running server; modules/api/models.py), and sd-server's copy
 * of it (stable-diffusion.cpp, examples/server/routes_sdapi.cpp). Unknown fields are ignored.
 */

/** 200 to `POST /sdapi/v1/txt2img` and `/img2img`. */
export const Images = z.object({
  images: z.array(z.string().min(1)).nullish(),
  /** JSON as text; see {@link Info}. */
  info: z.string().nullish(),
});

export const Info = z.object({
  seed: z.number().nullish(),
  /** One for each picture; sd-server has none. */
  all_seeds: z.array(z.number()).nullish(),
  /** 1 where a grid of all of them comes first, as the web page's settings may say. */
  index_of_first_image: z.int().min(0).nullish(),
});

/** FastAPI's errors, and the server's own for what went wrong while it drew. */
export const ErrorBody = z.object({
  error: z.string().nullish(),
  errors: z.string().nullish(),
  detail: z
    .union([z.string(), z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() }))])
    .nullish(),
});
