import sharp from 'sharp';
import { MAX_SIDE } from '../../shared/catalogue/settings.ts';
import type { Pixels } from '../../shared/catalogue/size.ts';
import { type CheckedImage, decode } from './check-image.ts';

/** A picture that Figma can read: PNG or JPEG, no side over 4096 px. */
export interface FigmaImage extends Pixels {
  readonly bytes: Uint8Array;
  readonly contentType: 'image/png' | 'image/jpeg';
}

/**
 * The picture for Figma: the original itself wherever Figma can read it, byte for byte, so that provenance marks (C2PA)
 * stay in it; else a copy, fitted into 4096 px, PNG where pixels may be see-through or were lossless, JPEG otherwise.
 */
export async function figmaReady(original: Uint8Array, image: CheckedImage): Promise<FigmaImage> {
  const { width, height, format } = image;
  const readable = (format === 'png' || format === 'jpeg') && !image.isUnusual;
  if (readable && Math.max(width, height) <= MAX_SIDE) {
    return { bytes: original, contentType: format === 'png' ? 'image/png' : 'image/jpeg', width, height };
  }
  const fitted = decode(original)
    .autoOrient()
    .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
  const asPng = image.hasAlpha || format === 'png';
  const encoded = asPng ? fitted.png() : fitted.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  const contentType = asPng ? 'image/png' : 'image/jpeg';
  return { bytes: data, contentType, width: info.width, height: info.height };
}

/** A small picture of at most 256 px: PNG where it is see-through, JPEG otherwise. */
export async function thumbnail({ preview }: CheckedImage): Promise<Uint8Array> {
  const { data, width, height, channels } = preview;
  const image = sharp(data, { raw: { width, height, channels } });
  return channels === 4 ? image.png().toBuffer() : image.jpeg({ quality: 82 }).toBuffer();
}
