import type { PictureSlot } from '../../shared/bridge/kept.ts';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import { chooseSpots } from './choose-spots.ts';
import { veil } from './fill-mark.ts';
import { findHolder } from './find-layer.ts';
import { rememberLast } from './last-picture.ts';
import { keepRequest } from './outbox.ts';
import { drawHolder, drawWaiting } from './placeholder.ts';
import { writePlacement } from './placements.ts';
import { reveal } from './reveal.ts';
import { areaOf } from './stage.ts';

type Reserve = Extract<ToMain, { type: 'reserve' }>;

/**
 * Shows at once where the pictures will land: the selected layer for the first, and frames in a tidy grid for the rest.
 * The undo step is left open, so that one undo takes a picture and its placeholder away together.
 */
export async function reservePlaces({ entry, prompt, pictures, targetId }: Reserve): Promise<void> {
  // A full storage costs what is clicked in a panel that closes at once, never the place of a picture.
  await keepRequest(entry).catch(() => {});
  const slots: PictureSlot[] = [];
  const holders: SceneNode[] = [];
  const reserve = (nodeId: string, own: boolean) => slots.push({ index: slots.length, nodeId, own, placed: false });

  try {
    const found = targetId === null ? '' : await findHolder(targetId);
    const target = typeof found === 'string' ? null : found;
    if (target) {
      veil(target);
      reserve(target.id, false);
    }
    for (const spot of await chooseSpots(pictures.slice(slots.length), target && areaOf(target))) {
      const holder = drawHolder(spot, prompt);
      reserve(holder.id, true);
      await drawWaiting(holder, 'Queued…');
      rememberLast(holder);
      holders.push(holder);
    }
    reveal(holders);
  } finally {
    // A picture whose place could not be drawn is one whose place is gone: it lands in the middle of the view.
    while (slots.length < pictures.length) reserve('', true);
    writePlacement({ ticket: entry.ticket, generationId: null, prompt, createdAt: Date.now(), pictures: slots });
  }
}
