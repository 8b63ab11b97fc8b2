import * as z from 'zod/mini';
import { Bytes } from './bytes.ts';
import { OutboxEntry, Placement, StoredSession } from './kept.ts';
import type { MessageOf } from './message.ts';

/** What the panel needs to know of the canvas selection. */
export const Selection = z.object({
  count: z.number(),
  /** The one selected layer, when there is exactly one; sides in px. */
  node: z.nullable(
    z.object({
      id: z.string(),
      name: z.string(),
      width: z.number(),
      height: z.number(),
      /** Whether a picture would become its fill. */
      takesFill: z.boolean(),
      /** Why it would not, in words for the designer; null where there is nothing to explain. */
      why: z.nullable(z.string()),
    }),
  ),
  /** The receipt of the one selected layer, as JSON text, when it is a picture of ours. */
  receipt: z.nullable(z.string()),
});
export type Selection = z.infer<typeof Selection>;

/** Sandbox to panel. */
export const ToUi = {
  start: z.object({
    documentId: z.string(),
    session: z.nullable(StoredSession),
    /** JSON text of the panel's `Preferences`. */
    preferences: z.nullable(z.string()),
    selection: Selection,
    /** Pictures that this document still waits for. */
    placements: z.array(Placement),
    /** Requests of this document that were clicked on this machine and never answered. */
    outbox: z.array(OutboxEntry),
    /** Whether there are requests that another version of the plugin has kept, and this one cannot read. Their ticket is `aside`. */
    aside: z.boolean(),
    /** A `Receipt` as JSON text when the panel was opened by a layer's relaunch button. */
    reuse: z.nullable(z.string()),
  }),
  selection: z.object({ selection: Selection }),
  session: z.object({
    call: z.number(),
    session: z.nullable(StoredSession),
  }),
  /** A message of this type could not be done, and gets no other answer. */
  failed: z.object({ what: z.string() }),
  /** The selected layers, in no order; those that could not be exported are left out. */
  exported: z.object({
    pictures: z.array(
      z.object({
        name: z.string(),
        bytes: Bytes,
        /** Where it is on the page, in px. */
        x: z.number(),
        y: z.number(),
        width: z.number(),
        height: z.number(),
      }),
    ),
  }),
  placed: z.object({
    ticket: z.string(),
    index: z.number(),
    /** `moved`: it landed, but not where it was meant to. `skipped`: it was already there. */
    outcome: z.literal(['placed', 'moved', 'skipped', 'failed']),
    message: z.nullable(z.string()),
  }),
};
export type ToUi = MessageOf<typeof ToUi>;
