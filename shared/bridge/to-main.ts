import * as z from 'zod/mini';
import { Bytes } from './bytes.ts';
import { OutboxEntry, StoredSession } from './kept.ts';
import type { MessageOf } from './message.ts';

/*
 * The messages between the panel (plugin/ui) and the sandbox (plugin/main), parsed on both sides. Figma carries
 * JSON-like data, Date and Uint8Array only (plugin documentation, "Creating a user interface").
 *
 * Each direction is a file of its own, so that main bundles only what it parses; and what the sandbox merely keeps for
 * the panel (a receipt, a request, the form) crosses as JSON text. Both keep main within its 10 kB.
 */

const Dimensions = z.object({ width: z.number(), height: z.number() });

/** Panel to sandbox. What cannot be done is answered by `failed`. */
export const ToMain = {
  ready: z.object({}),
  /** Sides in px; `done` when the handle is let go, so that the size is remembered once. */
  resize: z.object({ width: z.number(), height: z.number(), done: z.boolean() }),
  /** An absolute http(s) address. */
  'open-link': z.object({ url: z.string() }),
  notify: z.object({ message: z.string(), error: z.boolean() }),
  /** JSON text of the panel's `Preferences`. */
  'save-preferences': z.object({ preferences: z.string() }),
  /** Answered by `session` with the same `call`, or by `failed`. */
  'read-session': z.object({ call: z.number() }),
  /** Null forgets the sign-in. Answered by `session` with the same `call`, once it is stored, or by `failed`. */
  'store-session': z.object({ call: z.number(), session: z.nullable(StoredSession) }),
  /** At the click: show where the pictures will land, and keep the request until it is answered. */
  reserve: z.object({
    entry: OutboxEntry,
    prompt: z.string(),
    pictures: z.array(Dimensions),
    /** The layer that should get the first picture as its fill. */
    targetId: z.nullable(z.string()),
  }),
  /** The broker has taken the request. */
  confirm: z.object({ ticket: z.string(), generationId: z.string() }),
  progress: z.object({ ticket: z.string(), label: z.string() }),
  /** Answered by `exported`. */
  'draw-selection': z.object({}),
  place: z.object({
    ticket: z.string(),
    index: z.number(),
    /** The picture; of a video, its poster. */
    bytes: Bytes,
    /** The video itself, where it is one. */
    video: z.nullable(Bytes),
    width: z.number(),
    height: z.number(),
    prompt: z.string(),
    /** What the layer's relaunch button says. */
    relaunch: z.string(),
    /** JSON text of a `Receipt`. */
    receipt: z.string(),
  }),
  /** Nothing more will come: forget the ticket, and remove the placeholders that are still empty. */
  release: z.object({ ticket: z.string() }),
};
export type ToMain = MessageOf<typeof ToMain>;
