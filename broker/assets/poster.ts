import sharp, { type Sharp } from 'sharp';
import { MAX_SIDE } from '../../shared/catalogue/settings.ts';
import type { CheckedVideo } from './check-video.ts';

/** Longest edge of a thumbnail, in px. */
const THUMBNAIL_SIDE = 256;

/** The still pictures that stand for a video, as JPEG: one that Figma can place, and a small one. */
export async function postersOf(video: CheckedVideo): Promise<{ figma: Uint8Array; thumbnail: Uint8Array }> {
  const still = stillOf(video);
  const fitted = (side: number) =>
    still.clone().resize(side, side, { fit: 'inside', withoutEnlargement: true }).jpeg({ quality: 88 }).toBuffer();
  const [figma, thumbnail] = await Promise.all([fitted(MAX_SIDE), fitted(THUMBNAIL_SIDE)]);
  return { figma, thumbnail };
}

/** The poster frame, upright; where there is none, a dark picture of the video's size with a sign that it plays. */
function stillOf({ poster, rotation, width, height }: CheckedVideo): Sharp {
  if (poster) {
    const { data, ...size } = poster;
    return sharp(data, { raw: { ...size, channels: 4 } })
      .removeAlpha()
      .rotate(rotation);
  }
  const sign = Math.min(width, height) / 8;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#24242b"/>
    <path transform="translate(${width / 2} ${height / 2}) scale(${sign})" d="M-.8-1 1 0-.8 1Z" fill="#fff"/>
  </svg>`;
  return sharp(Buffer.from(svg)).removeAlpha();
}
