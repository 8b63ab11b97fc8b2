import { unveil } from './fill-mark.ts';
import { findLayer } from './find-layer.ts';
import { dropRequest } from './outbox.ts';
import { isOwnFrame } from './own-frame.ts';
import { forgetPlacement, readPlacement } from './placements.ts';

/** Forgets a ticket and takes its empty placeholders off the canvas; pictures that are placed stay. */
export async function releasePlaces(ticket: string): Promise<void> {
  await dropRequest(ticket);
  for (const slot of readPlacement(ticket)?.pictures ?? []) {
    const node = slot.placed ? null : await findLayer(slot.nodeId);
    if (!node) continue;
    if (slot.own && isOwnFrame(node)) node.remove();
    else if ('fills' in node) unveil(node);
  }
  forgetPlacement(ticket);
}
