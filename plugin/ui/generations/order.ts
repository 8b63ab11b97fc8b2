import * as z from 'zod/mini';
import { GenerationRequest } from '../../../shared/api/generations.ts';
import { Amount } from '../../../shared/credits.ts';

/** One click on Generate: what was asked, at which price, and where it is to land. */
export const Order = z.object({
  poolId: z.string(),
  modelId: z.string(),
  modelName: z.string(),
  /** The signed ceiling that was on the button, in millicredits. */
  ceiling: Amount,
  /** The layer that gets the first picture as its fill. */
  targetId: z.nullable(z.string()),
  /** Of each picture, in px. */
  width: z.number(),
  height: z.number(),
  request: GenerationRequest,
});
export type Order = z.infer<typeof Order>;

/**
 * As much of an order as it takes to send it again, whichever version of the plugin kept it. Nothing of its request is
 * left out: the broker knows a repeat by its body.
 */
export const SentOrder = z.object({
  modelName: z.optional(z.string()),
  request: z.looseObject({
    quote: z.string(),
    settings: z.looseObject({ prompt: z.optional(z.string()) }),
  }),
});
export type SentOrder = z.infer<typeof SentOrder>;
