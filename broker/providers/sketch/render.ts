import sharp from 'sharp';
import { compose, type Drawing } from './compose.ts';

/** Renders a drawing as PNG of exactly its size; the pixels are made in sharp's own threads. */
export function render(drawing: Drawing): Promise<Uint8Array> {
  return sharp(Buffer.from(compose(drawing)), { limitInputPixels: false, unlimited: true })
    .resize(drawing.width, drawing.height, { fit: 'fill' })
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .toBuffer();
}
