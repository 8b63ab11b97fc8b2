import type { Pixels } from '../../shared/catalogue/size.ts';
import { encodeVideo } from './encode-video.ts';
import { sampleImage } from './sample-image.ts';

const FRAMES_PER_SECOND = 8;

/**
 * A video for fake providers and tests: `sampleImage` growing brighter, as a real MP4 with an H.264 track, of exactly
 * this size (both sides even, in px) and length. 256 × 192 px for 1 s are about 15 kB, made in a few dozen ms.
 */
export async function sampleVideo(
  { width, height }: Pixels,
  { seconds = 1, isBlank = false } = {},
): Promise<Uint8Array> {
  const still = sampleImage({ width, height });
  const count = Math.round(seconds * FRAMES_PER_SECOND);
  async function* frames(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index += 1) {
      yield await still
        .clone()
        .linear(isBlank ? 0 : 0.6 + (0.4 * index) / count, 0)
        .ensureAlpha()
        .raw()
        .toBuffer();
    }
  }
  return encodeVideo({ width, height, framesPerSecond: FRAMES_PER_SECOND }, frames());
}
