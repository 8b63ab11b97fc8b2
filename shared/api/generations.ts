import * as z from 'zod/mini';
import { Settings } from '../catalogue/settings.ts';
import { Amount } from '../credits.ts';
import { FailureReason } from '../failures.ts';
import { Balance } from './pools.ts';

/** Where a generation stands. The last four are final. */
export const GenerationState = z.enum(['queued', 'running', 'storing', 'succeeded', 'failed', 'refused', 'cancelled']);
export type GenerationState = z.infer<typeof GenerationState>;

const FINAL: readonly GenerationState[] = ['succeeded', 'failed', 'refused', 'cancelled'];

/** Whether nothing more will happen to a generation in this state. */
export function isFinal(state: GenerationState): boolean {
  return FINAL.includes(state);
}

/** `POST /v1/generations`, with an `Idempotency-Key`. */
export const GenerationRequest = z.strictObject({
  /** The signed quote for exactly these settings. */
  quote: z.string().check(z.maxLength(4_096)),
  settings: Settings,
  /** The Figma document that the pictures are for, so that it can find them again when it is reopened. */
  documentId: z.optional(z.string().check(z.maxLength(64))),
});
export type GenerationRequest = z.infer<typeof GenerationRequest>;

/** One picture or video of a generation. */
export const Output = z.object({
  index: z.int(),
  kind: z._default(z.enum(['image', 'video']), 'image'),
  /** In px. */
  width: z.int(),
  height: z.int(),
  /** How long a video lasts; null for a picture. */
  seconds: z._default(z.nullable(z.number()), null),
  /**
   * What `GET …/outputs/:n` serves; always something that Figma can read. `…/poster` is a still picture of it, PNG or
   * JPEG: a frame of a video, and of a picture itself. `…/thumbnail` is the same at 256 px. `…/original` is the result as
   * its provider made it, which of a vector model is an SVG.
   */
  contentType: z.enum(['image/png', 'image/jpeg', 'video/mp4']),
  bytes: z.int(),
  seed: z.nullable(z.int()),
});
export type Output = z.infer<typeof Output>;

/**
 * `POST …/outputs/:n/link`: an address that needs no token, for a few minutes, under which a browser saves the result as
 * its provider made it.
 */
export const OutputLink = z.object({
  url: z.string(),
  /** ISO 8601, UTC. */
  expiresAt: z.string(),
});
export type OutputLink = z.infer<typeof OutputLink>;

/** One request's life, with its pictures once it has any. */
export const Generation = z.object({
  id: z.string(),
  poolId: z.string(),
  modelId: z.string(),
  modelName: z.string(),
  licence: z.string(),
  state: GenerationState,
  settings: Settings,
  documentId: z.nullable(z.string()),
  author: z.object({ id: z.string(), name: z.string() }),
  /** The most it may cost, in millicredits. */
  ceiling: Amount,
  /** What it did cost, in millicredits; null until it has ended, 0 when its hold was released. */
  charged: z.nullable(Amount),
  /** 0 to 1 where the provider says how far it is, else null. */
  progress: z.nullable(z.number()),
  outputs: z.array(Output),
  /** Set when the pictures came after everything had been given back: they are free of charge. */
  late: z.optional(z.literal(true)),
  /** Why it ended without pictures. */
  failure: z.nullable(z.object({ reason: FailureReason, message: z.string() })),
  /** Set once someone has asked to cancel it: `too_late` when the provider could not be stopped any more. */
  cancellation: z.optional(z.enum(['requested', 'too_late'])),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Generation = z.infer<typeof Generation>;

/**
 * What moves money answers with the balance it left. It is also the data of every `generation` event of
 * `GET /v1/generations/:id/events`, a stream that ends after a final state.
 */
export const GenerationAnswer = z.object({ generation: Generation, balance: Balance });
export type GenerationAnswer = z.infer<typeof GenerationAnswer>;

/** `GET /v1/generations`, newest first; `next` is the `before` of the next page, null on the last. */
export const GenerationPage = z.object({ generations: z.array(Generation), next: z.nullable(z.string()) });
export type GenerationPage = z.infer<typeof GenerationPage>;
