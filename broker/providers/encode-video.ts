import type { VideoEncoder as Encoder } from '@napi-rs/webcodecs';
import type { Pixels } from '../../shared/catalogue/size.ts';

/** What a video is made of: sides in px, both even, as H.264's half-size colours need them. */
export interface VideoFormat extends Pixels {
  readonly framesPerSecond: number;
}

/** Enough for drawn pictures, in bits for each pixel of each frame. */
const BITS_PER_PIXEL = 0.12;

/** Bits per second that even a tiny video gets. */
const LEAST_BITRATE = 60_000;

const MICROSECONDS = 1_000_000;

/** H.264, High profile. The level is the encoder's to choose. */
const CODEC = 'avc1.640028';

/** A key frame every so many seconds, so that a player can jump. */
const KEY_FRAME_SECONDS = 2;

/**
 * Encodes frames as an MP4 with one H.264 track, its index in front, so that it plays while it is still arriving.
 * @param frames raw RGBA, each of exactly `width × height × 4` bytes, in order.
 * @throws Error where this machine has no encoder, because its package has none for this platform, or when it fails.
 */
export async function encodeVideo(
  { width, height, framesPerSecond }: VideoFormat,
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
  // Both together are 80 MB: only a broker that makes videos loads them.
  const { BufferTarget, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } = await import('mediabunny');
  const { VideoEncoder, VideoFrame } = await import('@napi-rs/webcodecs');
  const track = new EncodedVideoPacketSource('avc');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  output.addVideoTrack(track, { frameRate: framesPerSecond });
  await output.start();

  const duration = 1 / framesPerSecond;
  let failure: unknown = null;
  let written = Promise.resolve();
  const encoder: Encoder = new VideoEncoder({
    output(chunk, meta) {
      written = written
        .then(() => {
          const data = new Uint8Array(chunk.byteLength);
          chunk.copyTo(data);
          // The encoder does not pass a frame's duration on.
          const packet = new EncodedPacket(data, chunk.type, chunk.timestamp / MICROSECONDS, duration);
          return track.add(packet, meta as Parameters<typeof track.add>[1]);
        })
        .catch((error: unknown) => {
          failure ??= error;
        });
    },
    error(error) {
      failure ??= error;
    },
  });
  encoder.configure({
    codec: CODEC,
    width,
    height,
    framerate: framesPerSecond,
    bitrate: Math.max(LEAST_BITRATE, Math.round(width * height * framesPerSecond * BITS_PER_PIXEL)),
    avc: { format: 'avc' },
  });
  let index = 0;
  for await (const pixels of frames) {
    const frame = new VideoFrame(pixels, {
      format: 'RGBA',
      codedWidth: width,
      codedHeight: height,
      timestamp: Math.round(index * duration * MICROSECONDS),
      duration: Math.round(duration * MICROSECONDS),
    });
    encoder.encode(frame, { keyFrame: index % (framesPerSecond * KEY_FRAME_SECONDS) === 0 });
    frame.close();
    index += 1;
  }
  await encoder.flush();
  encoder.close();
  await written;
  if (failure) throw failure;
  await output.finalize();
  if (!target.buffer) throw new Error('the video has no bytes');
  return new Uint8Array(target.buffer);
}
