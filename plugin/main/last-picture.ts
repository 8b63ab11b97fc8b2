import type { Rect } from './geometry.ts';
import { overlaps } from './geometry.ts';
import { areaOf } from './stage.ts';

const KEY = 'last';

/** Remembers the frame after which the next picture stands. */
export function rememberLast(node: SceneNode): void {
  figma.root.setPluginData(KEY, node.id);
}

/**
 * The area of the last picture, or of the top-level layer that it was moved into; null when it is gone, or when the
 * designer has moved on to another part of the canvas.
 */
export async function lastPictureArea(): Promise<Rect | null> {
  const id = figma.root.getPluginData(KEY);
  let node = id === '' ? null : await figma.getNodeByIdAsync(id);
  while (node?.parent && node.parent.type !== 'PAGE') node = node.parent;
  if (!node || node.removed || node.parent?.id !== figma.currentPage.id) return null;
  const area = areaOf(node as SceneNode);
  return area && overlaps(area, figma.viewport.bounds) ? area : null;
}
