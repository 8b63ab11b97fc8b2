import { HUE } from './fill-mark.ts';
import type { Holder } from './find-layer.ts';
import type { Rect } from './geometry.ts';
import { markOwnFrame } from './own-frame.ts';

const STRONG: SolidPaint = { type: 'SOLID', color: HUE };
const FONT: FontName = { family: 'Inter', style: 'Medium' };
const LABEL = 'label';
const MAX_NAME = 80;

type Place = FrameNode | RectangleNode;

/** Makes an empty layer for one picture. FigJam has no frames; there it is a rectangle. */
export function drawHolder({ x, y, width, height }: Rect, prompt: string): Place {
  const holder = figma.editorType === 'figjam' ? figma.createRectangle() : figma.createFrame();
  markOwnFrame(holder);
  holder.name = layerName(prompt);
  holder.resize(width, height);
  holder.x = x;
  holder.y = y;
  return holder;
}

/** Gives an empty layer the look of a place that waits, with a line that says how far its picture is. */
export async function drawWaiting(holder: Place, label: string): Promise<void> {
  const side = Math.min(holder.width, holder.height);
  const weight = Math.max(1, side / 256);
  holder.fills = [{ ...STRONG, opacity: 0.08 }];
  holder.strokes = [STRONG];
  holder.strokeWeight = weight;
  holder.dashPattern = [weight * 4, weight * 4];
  if (!('appendChild' in holder)) return;
  try {
    await figma.loadFontAsync(FONT);
  } catch {
    // Without the font there can be no text (Figma refuses to write it); the frame and the panel still show the job.
    return;
  }
  const text = figma.createText();
  text.setPluginData(LABEL, '1');
  text.fontName = FONT;
  text.characters = label;
  text.fontSize = Math.round(Math.min(64, Math.max(8, side / 18)));
  text.fills = [STRONG];
  text.textAlignHorizontal = 'CENTER';
  holder.appendChild(text);
  text.resize(holder.width, text.height);
  // Otherwise the next words make it as narrow as they are, at the left edge.
  text.textAutoResize = 'HEIGHT';
  text.x = 0;
  text.y = Math.round((holder.height - text.height) / 2);
}

/** Takes the look of waiting away, so that the layer is the picture's own frame. */
export function clearWaiting(holder: Holder): void {
  if ('strokes' in holder && 'dashPattern' in holder) {
    holder.strokes = [];
    holder.dashPattern = [];
  }
  for (const label of labelsOf(holder)) label.remove();
}

/** Says how far the picture is. */
export async function relabel(holder: SceneNode, words: string): Promise<void> {
  for (const label of labelsOf(holder)) {
    await figma.loadFontAsync(FONT);
    if (label.type === 'TEXT' && !label.removed) label.characters = words;
  }
}

/** A prompt as a layer's name: one line, not endless. */
export function layerName(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line;
}

/** Only our own labels: the designer may have put something into the frame meanwhile. */
function labelsOf(holder: SceneNode): SceneNode[] {
  return 'children' in holder ? holder.children.filter((child) => child.getPluginData(LABEL) !== '') : [];
}
