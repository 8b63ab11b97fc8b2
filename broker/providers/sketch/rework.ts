import sharp from 'sharp';
import type { InputImage } from '../provider.ts';
import { render } from './render.ts';

/** A picture `factor` times as large by side, resampled (Lanczos), as PNG. Nothing is invented, as an AI would. */
export function upscale({ bytes, width, height }: InputImage, factor: number): Promise<Uint8Array> {
  return sharp(bytes, { limitInputPixels: false })
    .resize(width * factor, height * factor, { kernel: 'lanczos3' })
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** A picture with a drawing in place of what is white in the mask, as PNG. */
export async function repaint(
  { bytes, width, height }: InputImage,
  mask: InputImage,
  drawing: { readonly prompt: string; readonly seed: number },
): Promise<Uint8Array> {
  const drawn = await render({ ...drawing, width, height, detail: 1 });
  const shown = await sharp(mask.bytes).flatten({ background: '#000' }).greyscale().raw().toBuffer();
  const patch = await sharp(drawn)
    .joinChannel(shown, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  return sharp(bytes)
    .composite([{ input: patch }])
    .png({ compressionLevel: 6 })
    .toBuffer();
}
