import { findLayer } from './find-layer.ts';
import { relabel } from './placeholder.ts';
import { readPlacement } from './placements.ts';

/** Writes how far a generation is into its empty placeholders. */
export async function showProgress(ticket: string, words: string): Promise<void> {
  for (const slot of readPlacement(ticket)?.pictures ?? []) {
    const node = slot.placed ? null : await findLayer(slot.nodeId);
    if (node) await relabel(node, words);
  }
}
