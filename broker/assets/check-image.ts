import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../shared/catalogue/size.ts';
import { BadOutput } from './bad-output.ts';
import { hasShapeOf } from './check-shape.ts';
import { isBlank } from './is-blank.ts';

/** The formats that providers hand out. */
const FORMATS = { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/webp': 'webp', 'image/avif': 'avif' } as const;
type Format = (typeof FORMATS)[keyof typeof FORMATS];

/** Longest edge of a thumbnail, in px. */
const THUMBNAIL_SIDE = 256;

/** More pixels than any model makes; what claims more is a decompression bomb. */
const MAX_PIXELS = 64_000_000;

/** The least part of the asked pixels: some models have a nearest size of their own. */
const LEAST_PIXELS = 0.5;

/** A picture that decodes completely and looks like what was asked for. */
export interface CheckedImage extends Pixels {
  readonly format: Format;
  readonly hasAlpha: boolean;
  /** Whether Figma would show it differently than meant: turned by its EXIF orientation, or in print colours. */
  readonly isUnusual: boolean;
  /** The picture scaled into 256 × 256 px, raw. */
  readonly preview: {
    readonly data: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly channels: 3 | 4;
  };
}

/** A decoder that stops at damage instead of filling up with grey. */
export function decode(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, sequentialRead: true });
}

/**
 * Decodes every row of a picture, once, and checks it: a known format by its bytes (not by its name), whole, of about
 * the expected shape, not blank.
 * @param expected the size that was asked for, in px; null where the model chose it.
 * @throws BadOutput
 */
export async function checkImage(bytes: Uint8Array, expected: Pixels | null): Promise<CheckedImage> {
  const format = await sniff(bytes);
  if (format === 'png' && !endsLikePng(bytes)) throw new BadOutput('the PNG has no end: it was cut off');
  // Both at once; what the head says is judged first.
  const [head, rows] = await Promise.allSettled([readable(decode(bytes).metadata()), readable(preview(bytes))]);
  if (head.status === 'rejected') throw head.reason;
  const { width, height, hasAlpha, orientation = 1, space } = head.value;
  const turned = orientation >= 5;
  const size = turned ? { width: height, height: width } : { width, height };
  if (expected) checkShape(size, expected);
  if (rows.status === 'rejected') throw rows.reason;
  const { data, info } = rows.value;
  if (isBlank(data, info.channels)) throw new BadOutput('the picture is blank');
  const isUnusual = orientation > 1 || space === 'cmyk';
  const channels = hasAlpha ? 4 : 3;
  return { ...size, format, hasAlpha, isUnusual, preview: { data, width: info.width, height: info.height, channels } };
}

/** The picture scaled into 256 × 256 px, raw: every row is read for it. */
function preview(bytes: Uint8Array) {
  return decode(bytes)
    .autoOrient()
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
}

async function sniff(bytes: Uint8Array): Promise<Format> {
  const type = await fileTypeFromBuffer(bytes);
  const format = Object.entries(FORMATS).find(([mime]) => mime === type?.mime)?.[1];
  if (!format) throw new BadOutput(`the bytes are ${type?.mime ?? 'of no known type'}`);
  return format;
}

/** libpng is content without the last chunk, so a file cut within it would pass (PNG specification §11.2.5). */
function endsLikePng(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .subarray(-64)
    .includes('IEND\xAE\x42\x60\x82', 0, 'latin1');
}

async function readable<T>(decoding: Promise<T>): Promise<T> {
  try {
    return await decoding;
  } catch (error) {
    throw new BadOutput('the picture cannot be decoded', { cause: error });
  }
}

function checkShape({ width, height }: Pixels, expected: Pixels): void {
  const share = (width * height) / (expected.width * expected.height);
  if (hasShapeOf({ width, height }, expected) && share >= LEAST_PIXELS) return;
  throw new BadOutput(`the picture is ${width} × ${height} px where ${expected.width} × ${expected.height} were asked`);
}
