import * as z from 'zod/mini';
import { Settings } from './catalogue/settings.ts';
import { Amount } from './credits.ts';

/** What a placed layer carries in its plugin data: where it came from, and all that is needed to make it again. */
export const Receipt = z.object({
  version: z.literal(1),
  generationId: z.string(),
  /** Which picture of the generation. */
  index: z.int(),
  modelId: z.string(),
  modelName: z.string(),
  settings: Settings,
  /** The seed that this picture was made with, where the model says it. */
  seed: z.nullable(z.int()),
  /** What the whole generation cost, in millicredits. */
  charged: Amount,
  author: z.string(),
  /** ISO 8601, UTC. */
  time: z.string(),
  licence: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;
