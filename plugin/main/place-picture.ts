import type { ToMain } from '../../shared/bridge/to-main.ts';
import type { ToUi } from '../../shared/bridge/to-ui.ts';
import type { Holder } from './find-layer.ts';
import { findHolder, findLayer, pageOf } from './find-layer.ts';
import { centreOn, findFreeSpot } from './geometry.ts';
import { rememberLast } from './last-picture.ts';
import { clearWaiting, drawHolder, layerName } from './placeholder.ts';
import { forgetPlacement, readPlacement, writePlacement } from './placements.ts';
import { writeReceipt } from './receipts.ts';
import { reveal } from './reveal.ts';
import { currentStage } from './stage.ts';

type Place = Extract<ToMain, { type: 'place' }>;
type Placed = Pick<Extract<ToUi, { type: 'placed' }>, 'outcome' | 'message'>;

/**
 * Puts one picture where it was meant to go, or, when that place is gone, into the middle of what the designer sees. It
 * becomes one undo step. A picture that is already there, put by someone else who has the file open, is left alone.
 * @throws what Figma throws for an image that it cannot read.
 */
export async function placePicture(picture: Place): Promise<Placed> {
  const { ticket, index, prompt, bytes } = picture;
  const slot = readPlacement(ticket)?.pictures[index];
  if (!slot || slot.placed) return { outcome: 'skipped', message: null };
  const image = figma.createImage(bytes);
  const found = await findHolder(slot.nodeId);
  const moved = typeof found === 'string';
  const holder = moved ? drawInMiddle(picture) : found;
  if (slot.own) {
    clearWaiting(holder);
    holder.name = layerName(prompt);
  }
  holder.fills = [{ type: 'IMAGE', imageHash: image.hash, scaleMode: 'FILL' }];
  const still = picture.video && (await play(holder, picture.video));
  writeReceipt(holder, picture.receipt, picture.relaunch);
  const page = await show(settle(ticket, index, holder.id));
  figma.commitUndo();
  if (moved) return { outcome: 'moved', message: `${found} The picture is in the middle of the canvas.` };
  return { outcome: 'placed', message: still || (page && `The picture is on the page “${page}”.`) };
}

/**
 * Lets a layer play a video. Only paid teams may add videos to a file, and nothing tells beforehand whose it is.
 * @returns why it shows a still picture instead; null when it plays.
 */
async function play(holder: Holder, bytes: Uint8Array): Promise<string | null> {
  try {
    const { hash } = await figma.createVideoAsync(bytes);
    holder.fills = [{ type: 'VIDEO', videoHash: hash, scaleMode: 'FILL' }];
    return null;
  } catch {
    return 'Figma takes no video here: this is a picture of it.';
  }
}

/**
 * Remembers that a picture is placed, and in which layer. The placement is read again, because someone else may have
 * placed a picture of it since.
 * @returns the layers of all pictures of this ticket that are placed.
 */
function settle(ticket: string, index: number, nodeId: string): string[] {
  const placement = readPlacement(ticket);
  if (!placement) return [];
  const pictures = placement.pictures.map((slot) => (slot.index === index ? { ...slot, nodeId, placed: true } : slot));
  if (pictures.every((slot) => slot.placed)) forgetPlacement(ticket);
  else writePlacement({ ...placement, pictures });
  return pictures.filter((slot) => slot.placed).map((slot) => slot.nodeId);
}

function drawInMiddle({ width, height, prompt }: Place): Holder {
  const stage = currentStage();
  const area = { width, height, ...centreOn(stage.centre, { width, height }) };
  const holder = drawHolder({ ...area, ...findFreeSpot(area, stage.taken) }, prompt);
  rememberLast(holder);
  return holder;
}

/**
 * Selects a ticket's pictures and brings them into view. Those on another page stay out of view.
 * @returns the name of that page.
 */
async function show(ids: readonly string[]): Promise<string | null> {
  const here: SceneNode[] = [];
  let elsewhere: string | null = null;
  for (const node of await Promise.all(ids.map(findLayer))) {
    const page = node && pageOf(node);
    if (node && page?.id === figma.currentPage.id) here.push(node);
    else if (page) elsewhere = page.name;
  }
  if (here.length > 0) {
    figma.currentPage.selection = here;
    reveal(here);
  }
  return elsewhere;
}
