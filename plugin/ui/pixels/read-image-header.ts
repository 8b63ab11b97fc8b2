/** What an image's first bytes say. Sides in px. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'gif';
  readonly width: number;
  readonly height: number;
}

/** Reads the header of a format that Figma can place; null for anything else, damaged headers included. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
      return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) {
      return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
    }
    return startsWith(bytes, [0xff, 0xd8, 0xff]) ? readJpegFrame(view) : null;
  } catch {
    // A read past the end: the file is cut off within its header.
    return null;
  }
}

/** Walks the segments to the frame header, which holds the size (ITU T.81 §B.2.2). */
function readJpegFrame(view: DataView): ImageHeader | null {
  for (let offset = 2; view.getUint8(offset) === 0xff; ) {
    const marker = view.getUint8(offset + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { format: 'jpeg', width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2);
  }
  return null;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
