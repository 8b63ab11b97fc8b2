import { BadOutput } from './bad-output.ts';

/** What every MP4 has (ISO/IEC 14496-12 §4.3, §8.1, §8.2): its kind, its index, and the samples themselves. */
const NEEDED = ['ftyp', 'moov', 'mdat'];

/**
 * Walks the boxes that a file consists of (ISO/IEC 14496-12 §4.2). Players are content with a file that was cut off, as
 * long as its index is there; each box says how long it is, so that the end is known.
 * @throws BadOutput when a box reaches over the end of the file, or one of those that are needed is missing.
 */
export function requireWholeMp4(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Set<string>();
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new BadOutput('the video was cut off');
    const short = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (short === 1 && at + 16 > bytes.length) throw new BadOutput('the video was cut off');
    // 1: a long size follows. 0: as far as the file goes.
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? bytes.length - at : short;
    if (size < 8) throw new BadOutput(`the video's box ${name} has no size`);
    if (at + size > bytes.length) throw new BadOutput(`the video was cut off within its ${name}`);
    found.add(name);
    at += size;
  }
  const missing = NEEDED.filter((name) => !found.has(name));
  if (missing.length > 0) throw new BadOutput(`the video has no ${missing.join(', ')}`);
}
