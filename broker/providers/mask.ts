import sharp from 'sharp';
import type { Pixels } from '../../shared/catalogue/size.ts';
import type { InputImage } from './provider.ts';

/** A mask for providers that paint where it is transparent: what is white in ours has no alpha there. A PNG. */
export async function alphaMask({ bytes, width, height }: InputImage): Promise<Uint8Array> {
  const alpha = await sharp(bytes).flatten().toColourspace('b-w').negate().raw().toBuffer();
  return sharp({ create: { width, height, channels: 3, background: '#000' } })
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

/** A mask for providers that paint where it is black. A PNG. */
export function blackMask({ bytes }: InputImage): Promise<Uint8Array> {
  return sharp(bytes).flatten().toColourspace('b-w').negate().png().toBuffer();
}

/** A mask for providers that paint where it is white, as ours does, and take nothing between black and white. A PNG. */
export async function binaryMask({ bytes }: InputImage, { width, height }: Pixels): Promise<InputImage> {
  const made = await sharp(bytes)
    .flatten()
    .toColourspace('b-w')
    .resize(width, height, { fit: 'cover' })
    .threshold(128)
    .png()
    .toBuffer();
  return { bytes: made, contentType: 'image/png', width, height };
}
