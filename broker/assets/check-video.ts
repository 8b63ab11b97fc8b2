import { fileTypeFromBuffer } from 'file-type';
import type { InputVideoTrack } from 'mediabunny';
import type { Pixels } from '../../shared/catalogue/size.ts';
import { BadOutput } from './bad-output.ts';
import { hasShapeOf } from './check-shape.ts';
import { decodeFrame, type Frame, isKnownCodec } from './decode-frame.ts';
import { isBlank } from './is-blank.ts';
import { requireWholeMp4 } from './mp4-boxes.ts';

/** Where the poster is taken from, in seconds: many videos begin in black. Earlier in a shorter one. */
const POSTER_AT = 1;

/** The least part of the asked length: providers make whole frames and whole groups of them. */
const LEAST_LENGTH = 0.85;

/** A video that is whole, decodes, and looks like what was asked for. */
export interface CheckedVideo extends Pixels {
  readonly seconds: number;
  /** How it is turned for showing, clockwise, in degrees. */
  readonly rotation: number;
  /** A frame of it; null where this machine cannot decode. */
  readonly poster: Frame | null;
}

/** What a video should be. */
export interface ExpectedVideo {
  /** The size that was asked for, in px, of which only the shape counts; null where the model chose it. */
  readonly size: Pixels | null;
  /** The length that was asked for; undefined where the model chose it. */
  readonly seconds: number | undefined;
}

/**
 * Checks a video: an MP4 by its bytes, not cut off, with a picture track of about the asked shape and length, in which
 * not everything is one colour.
 * @throws BadOutput
 */
export async function checkVideo(bytes: Uint8Array, expected: ExpectedVideo): Promise<CheckedVideo> {
  const type = await fileTypeFromBuffer(bytes);
  if (type?.mime !== 'video/mp4') throw new BadOutput(`the bytes are ${type?.mime ?? 'of no known type'}`);
  requireWholeMp4(bytes);
  const { track, seconds } = await openVideo(bytes);
  if (!isKnownCodec(track.codec)) throw new BadOutput(`the video is in ${track.codec ?? 'an unknown codec'}`);
  const { displayWidth: width, displayHeight: height, rotation } = track;
  if (expected.size && !hasShapeOf({ width, height }, expected.size)) {
    throw new BadOutput(
      `the video is ${width} × ${height} px where ${expected.size.width} × ${expected.size.height} were asked`,
    );
  }
  if (!(seconds > 0) || seconds < (expected.seconds ?? 0) * LEAST_LENGTH) {
    throw new BadOutput(`the video lasts ${seconds.toFixed(2)} s where ${expected.seconds ?? 'some'} were asked`);
  }
  return { width, height, seconds, rotation, poster: await findPoster(track, seconds) };
}

async function openVideo(bytes: Uint8Array): Promise<{ track: InputVideoTrack; seconds: number }> {
  // Only a broker that takes in videos loads it.
  const { BufferSource, Input, MP4 } = await import('mediabunny');
  try {
    const input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new BadOutput('the video has no pictures');
    return { track, seconds: await track.computeDuration() };
  } catch (cause) {
    throw cause instanceof BadOutput ? cause : new BadOutput('the video cannot be read', { cause });
  }
}

/** A frame near the start, or, when that is of one colour, one near the end. */
async function findPoster(track: InputVideoTrack, seconds: number): Promise<Frame | null> {
  for (const at of [Math.min(POSTER_AT, seconds / 2), seconds * 0.9]) {
    const frame = await decodeFrame(track, at);
    if (!frame || !isBlank(frame.data, 4)) return frame;
  }
  throw new BadOutput('the video is blank');
}
