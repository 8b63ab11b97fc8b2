import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { UPLOAD_TYPES } from '../../shared/api/assets.ts';
import { MAX_SIDE } from '../../shared/catalogue/settings.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { InputImage } from '../providers/provider.ts';

/** More pixels than a camera makes; what claims more is a decompression bomb. */
const MAX_PIXELS = 100_000_000;

/**
 * As many as Figma hands out. One that comes in passes (progressive, interlaced) cannot be read row by row: all of its
 * pixels are in memory at once, with up to 9 bytes each.
 */
const MAX_PIXELS_IN_PASSES = MAX_SIDE * MAX_SIDE;

/**
 * A picture as any model can read it: upright, in sRGB, no side over 4096 px, see-through where it was. It is encoded
 * anew, so that what a camera wrote about its owner (place, time, serial number) goes to nobody.
 * @throws InkpotError `unreadable_picture`
 */
export async function readUpload(bytes: Uint8Array): Promise<InputImage> {
  const type = await fileTypeFromBuffer(bytes);
  if (!UPLOAD_TYPES.some((known) => known === type?.mime)) {
    throw new InkpotError('unreadable_picture', { detail: 'Use a picture in PNG, JPEG or WebP.' });
  }
  try {
    // Damage that can be drawn over is refused: the person would pay for a picture of it.
    const decoder = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, sequentialRead: true });
    const { hasAlpha, isProgressive, width, height } = await decoder.metadata();
    if (isProgressive && width * height > MAX_PIXELS_IN_PASSES) {
      throw new InkpotError('unreadable_picture', {
        detail: 'This picture is too large to be progressive or interlaced: save it without that, or make it smaller.',
      });
    }
    const upright = decoder
      .autoOrient()
      .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb');
    const isLossless = hasAlpha || type?.mime === 'image/png';
    const encoded = isLossless ? upright.png({ compressionLevel: 6 }) : upright.jpeg({ quality: 95 });
    const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
    const contentType = isLossless ? 'image/png' : 'image/jpeg';
    return { bytes: data, contentType, width: info.width, height: info.height };
  } catch (cause) {
    if (cause instanceof InkpotError) throw cause;
    throw new InkpotError('unreadable_picture', {
      detail: 'This picture is damaged or too large: export it anew and try again.',
      cause,
    });
  }
}
