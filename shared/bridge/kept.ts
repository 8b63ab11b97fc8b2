import * as z from 'zod/mini';

/** Where one picture of a generation is to land. */
const PictureSlot = z.object({
  index: z.number(),
  nodeId: z.string(),
  /** A placeholder of ours; else a layer of the designer's, which gets the picture as its fill. */
  own: z.boolean(),
  placed: z.boolean(),
});
export type PictureSlot = z.infer<typeof PictureSlot>;

/** What a document remembers of a generation until its pictures are placed, for whoever opens it next. */
export const Placement = z.object({
  /** Made at the click; it is the generation's idempotency key too. */
  ticket: z.string(),
  /** Null until the broker has answered. */
  generationId: z.nullable(z.string()),
  prompt: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  pictures: z.array(PictureSlot),
});
export type Placement = z.infer<typeof Placement>;

/**
 * A request that was clicked and not yet answered. It is kept on the person's own machine: sent again with the same
 * key, it gets the same answer, so that a panel closed in mid-click neither loses the picture nor pays twice.
 */
export const OutboxEntry = z.object({
  ticket: z.string(),
  documentId: z.string(),
  /** JSON text of the panel's `Order`. */
  order: z.string(),
});
export type OutboxEntry = z.infer<typeof OutboxEntry>;

/** The sign-in as it is kept between runs; it is only ever sent back to the broker that gave it. */
export const StoredSession = z.object({ broker: z.string(), refreshToken: z.string() });
export type StoredSession = z.infer<typeof StoredSession>;
