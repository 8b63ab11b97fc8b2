import type { ToUi } from '../../shared/bridge/to-ui.ts';
import { post } from './post.ts';
import { areaOf } from './stage.ts';

/** As many as any model takes. */
const MOST = 16;

/** Longest side of an exported layer, in px: what `figma.createImage` takes, and our broker keeps. */
const MAX_SIDE = 4096;

type Exported = Extract<ToUi, { type: 'exported' }>['pictures'];

/** Sends the selected layers to the panel as pictures, each with where it is on the page. */
export async function exportSelection(): Promise<void> {
  const pictures: Exported = [];
  for (const node of figma.currentPage.selection.slice(0, MOST)) {
    const area = areaOf(node);
    try {
      if (area) pictures.push({ name: node.name, bytes: await pixelsOf(node), ...area });
    } catch {
      // Figma exports no layer without anything to see; the panel says how many came.
    }
  }
  post({ type: 'exported', pictures });
}

/** A layer that shows one whole picture and nothing else is that picture, with all of its pixels. */
async function pixelsOf(node: SceneNode): Promise<Uint8Array> {
  const { width, height } = node;
  const [paint, ...others] = 'fills' in node && Array.isArray(node.fills) ? (node.fills as readonly Paint[]) : [];
  const isPlain = others.length === 0 && !('children' in node && node.children.length > 0);
  const image = isPlain && paint?.type === 'IMAGE' && paint.imageHash ? figma.getImageByHash(paint.imageHash) : null;
  if (image) {
    const size = await image.getSizeAsync();
    if (Math.abs((size.width / size.height) * (height / width) - 1) < 0.01) return image.getBytesAsync();
  }
  const value = Math.min(2, MAX_SIDE / Math.max(width, height));
  return node.exportAsync({ format: 'PNG', constraint: { type: 'SCALE', value }, colorProfile: 'SRGB' });
}
