import { MAX_SIDE } from '../../../shared/catalogue/settings.ts';
import { readImageHeader } from './read-image-header.ts';

/**
 * Bytes that `figma.createImage` takes: PNG, JPEG or GIF of at most 4096 px a side. What it takes already is passed on
 * untouched, so that marks of provenance stay in; anything else that the browser can read is drawn anew as PNG.
 * @throws Error when it is no picture at all.
 */
export async function makePlaceable(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const header = readImageHeader(bytes);
  if (header && header.width <= MAX_SIDE && header.height <= MAX_SIDE) return bytes;
  const picture = await createImageBitmap(new Blob([bytes]));
  const shrink = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const side = (length: number) => Math.max(1, Math.floor(length * shrink));
  const canvas = new OffscreenCanvas(side(picture.width), side(picture.height));
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser cannot draw');
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const png = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await png.arrayBuffer());
}
