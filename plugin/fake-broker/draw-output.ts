import sharp from 'sharp';
import type { Output } from '../../shared/api/generations.ts';

/** What a made-up broker serves for an output: a picture in colours of its own, or as much of an MP4 as Figma sniffs. */
export async function drawOutput(
  { kind, index, width, height }: Output,
  part: string | undefined,
): Promise<{ readonly contentType: string; readonly bytes: Uint8Array }> {
  if (kind === 'video' && part === undefined) {
    return { contentType: 'video/mp4', bytes: Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1') };
  }
  const hue = (index * 67 + 250) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="hsl(${hue} 60% 70%)"/><circle cx="50%" cy="50%" r="30%" fill="hsl(${hue + 60} 80% 55%)"/></svg>`;
  return { contentType: 'image/png', bytes: await sharp(Buffer.from(svg)).png().toBuffer() };
}
