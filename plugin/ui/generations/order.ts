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
