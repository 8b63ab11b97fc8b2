import sharp from 'sharp';
import type { Pixels } from '../../../shared/catalogue/size.ts';

/** A finished picture, as a provider hands it out. */
export interface Picture extends Pixels {
  readonly name: string;
  readonly png: Buffer;
}

/** Grain of this strength makes PNGs of the weight that models' pictures have: about 2 MB for each megapixel. */
const GRAIN = { type: 'gaussian', mean: 128, sigma: 10 } as const;

/** A square PNG with as much grain as a photograph has. */
export async function grainyPicture(name: string, side: number): Promise<Picture> {
  const png = await sharp({ create: { width: side, height: side, channels: 3, background: '#808080', noise: GRAIN } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return { name, width: side, height: side, png };
}

/** What has to be done to a picture whoever receives it: decode every row of it, and make a thumbnail. */
export async function decodeAndShrink(png: Uint8Array): Promise<void> {
  const { data, info } = await sharp(png, { failOn: 'error', sequentialRead: true })
    .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 82 }).toBuffer();
}
