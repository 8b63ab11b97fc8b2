import * as z from 'zod/mini';
import { PublicModel } from '../catalogue/public-model.ts';
import { Tariff } from '../catalogue/tariff.ts';

/** How a model did in some time, from this broker's own generations; what people cancelled is left out. */
export const TrustWindow = z.object({
  /** How many have ended: five at least, fewer say nothing. */
  ended: z.int(),
  /** The share that was delivered of those that it did not refuse on what was asked for; null when it refused all. */
  successRate: z.nullable(z.number()),
  /** The share for which credits were given back: failed, refused, or delivered in part. */
  refundedShare: z.number(),
  /** From the click to the picture, in ms: what half, and nine of ten, did not exceed; null without deliveries. */
  waitP50Ms: z.nullable(z.number()),
  waitP90Ms: z.nullable(z.number()),
});
export type TrustWindow = z.infer<typeof TrustWindow>;

/** The last hour and the last day; null where too few have ended. */
export const Trust = z.object({ hour: z.nullable(TrustWindow), day: z.nullable(TrustWindow) });
export type Trust = z.infer<typeof Trust>;

/** A model as it can be picked now. */
export const ListedModel = z.extend(PublicModel, {
  /** `down`: every way to it fails at the moment. It can be asked for all the same, and costs nothing if it fails. */
  status: z.enum(['up', 'down']),
  /** The id of the model that comes nearest to this one and is up; only said of one that is down. */
  instead: z.nullable(z.string()),
  trust: Trust,
});
export type ListedModel = z.infer<typeof ListedModel>;

/** `GET /v1/models`: what can be picked now, and how prices become credits. */
export const ModelList = z.object({
  models: z.array(ListedModel),
  tariff: Tariff,
});
export type ModelList = z.infer<typeof ModelList>;
