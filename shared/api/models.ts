import * as z from 'zod/mini';
import { PublicModel } from '../catalogue/public-model.ts';
import { Tariff } from '../catalogue/tariff.ts';

/** `GET /v1/models`: what can be picked now, and how prices become credits. */
export const ModelList = z.object({
  models: z.array(PublicModel),
  tariff: Tariff,
});
export type ModelList = z.infer<typeof ModelList>;
