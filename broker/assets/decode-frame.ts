import type { VideoFrame } from '@napi-rs/webcodecs';
import type { InputVideoTrack } from 'mediabunny';
import { BadOutput } from './bad-output.ts';

/** A frame's pixels: raw RGBA, `width × height × 4` bytes. */
export interface Frame {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What a decoder is asked for: it finds profile and level in the video itself, and trips over unusual ones here. */
const CODECS = {
  avc: 'avc1.640028',
  hevc: 'hvc1.1.6.L120.B0',
  vp9: 'vp09.00.40.08',
  av1: 'av01.0.08M.08',
} as const;

/** Whether videos in this codec can be looked into. */
export function isKnownCodec(codec: string | null): codec is keyof typeof CODECS {
  return codec !== null && codec in CODECS;
}

/**
 * The frame that is shown at a time, decoded from the key frame before it.
 * @param seconds from the start of the video.
 * @returns null where this machine has no decoder, because its package has none for this platform.
 * @throws BadOutput when there is nothing to be decoded.
 */
export async function decodeFrame(track: InputVideoTrack, seconds: number): Promise<Frame | null> {
  // It is 66 MB of native code: only a broker that takes in videos loads it.
  const codecs = await import('@napi-rs/webcodecs').catch(() => null);
  if (!codecs) return null;
  const { EncodedPacketSink } = await import('mediabunny');
  let shown: VideoFrame | null = null;
  let failure: unknown = null;
  const decoder = new codecs.VideoDecoder({
    output(frame) {
      shown?.close();
      shown = frame;
    },
    error(error) {
      failure ??= error;
    },
  });
  try {
    const config = await track.getDecoderConfig();
    if (!config || !isKnownCodec(track.codec)) throw new BadOutput(`the video is in ${track.codec}`);
    decoder.configure({
      codec: CODECS[track.codec],
      codedWidth: config.codedWidth,
      codedHeight: config.codedHeight,
      description: config.description as Uint8Array | undefined,
    });
    const sink = new EncodedPacketSink(track);
    let packet = (await sink.getKeyPacket(seconds)) ?? (await sink.getFirstPacket());
    for (; packet && failure === null; packet = await sink.getNextPacket(packet)) {
      decoder.decode(new codecs.EncodedVideoChunk({ ...timesOf(packet), type: packet.type, data: packet.data }));
      if (packet.timestamp >= seconds) break;
    }
    await decoder.flush();
    if (failure) throw failure;
    return await pixelsOf(shown);
  } catch (cause) {
    throw cause instanceof BadOutput ? cause : new BadOutput('the video cannot be decoded', { cause });
  } finally {
    (shown as VideoFrame | null)?.close();
    if (decoder.state !== 'closed') decoder.close();
  }
}

function timesOf(packet: { microsecondTimestamp: number; microsecondDuration: number }) {
  return { timestamp: packet.microsecondTimestamp, duration: packet.microsecondDuration };
}

async function pixelsOf(frame: VideoFrame | null): Promise<Frame> {
  if (!frame) throw new BadOutput('the video has no frame');
  const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
  const data = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(data, { format: 'RGBA' });
  return { data, width, height };
}
