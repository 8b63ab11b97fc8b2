import sharp from 'sharp';
import type { Pixels } from '../../shared/catalogue/size.ts';
import type { InputImage } from './provider.ts';

/**
 * A picture that goes in, cropped around its middle and scaled to exactly this size: for models whose result is as large
 * as what goes in. A PNG.
 */
export async function sizedAs({ bytes }: InputImage, { width, height }: Pixels): Promise<InputImage> {
  const fitted = await sharp(bytes).resize(width, height, { fit: 'cover' }).png().toBuffer();
  return { bytes: fitted, width, height, contentType: 'image/png' };
}

/** A picture that goes in, cropped around its middle to the shape of `size`, and never made larger. A PNG. */
export function shapedAs(image: InputImage, size: Pixels): Promise<InputImage> {
  const scale = Math.min(1, image.width / size.width, image.height / size.height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return sizedAs(image, { width: side(size.width), height: side(size.height) });
}

/** What sizes an endpoint takes, in px. */
export interface PixelLimits {
  readonly minSide: number;
  readonly maxSide?: number;
  readonly maxPixels: number;
}

/**
 * A picture that goes in, scaled as little as its limits ask for, in its own shape; null for one that is too long and
 * narrow for them. A PNG where it is scaled.
 */
export async function scaledInto(image: InputImage, limits: PixelLimits): Promise<InputImage | null> {
  const { minSide, maxSide = Number.POSITIVE_INFINITY, maxPixels } = limits;
  const { width, height } = image;
  const most = Math.min(maxSide / Math.max(width, height), Math.sqrt(maxPixels / (width * height)));
  const least = minSide / Math.min(width, height);
  if (most < least) return null;
  if (most >= 1 && least <= 1) return image;
  const side = (length: number) => Math.max(minSide, most < 1 ? Math.floor(length * most) : Math.ceil(length * least));
  return sizedAs(image, { width: side(width), height: side(height) });
}

/** A picture that goes in, on white where it is transparent and with no side longer than `maxSide`, in px. A PNG. */
export async function opaque({ bytes }: InputImage, maxSide: number): Promise<InputImage> {
  const { data, info } = await sharp(bytes)
    .flatten({ background: '#fff' })
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height, contentType: 'image/png' };
}

/** A picture that goes in, as it is or, where it has more than `maxBytes`, as a JPEG on white that has not. */
export async function lighterThan(image: InputImage, maxBytes: number): Promise<InputImage> {
  let lighter = image;
  for (let side = 2_048; lighter.bytes.length > maxBytes; side /= 2) {
    const { data, info } = await sharp(image.bytes)
      .flatten({ background: '#fff' })
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 90 })
      .toBuffer({ resolveWithObject: true });
    lighter = { bytes: data, width: info.width, height: info.height, contentType: 'image/jpeg' };
  }
  return lighter;
}

/**
 * A picture that goes in, in at most so many bytes: as it is where it has no more, else as a JPEG, on white where it is
 * transparent.
 */
export async function withinBytes(picture: InputImage, maxBytes: number): Promise<InputImage> {
  let { bytes, contentType } = picture;
  for (const quality of [92, 80, 60, 40]) {
    if (bytes.length <= maxBytes) break;
    bytes = await sharp(picture.bytes).flatten({ background: '#fff' }).jpeg({ quality }).toBuffer();
    contentType = 'image/jpeg';
  }
  return { ...picture, bytes, contentType };
}
