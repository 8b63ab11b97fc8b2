import { startsWith } from './sniff-image.ts';

const ISO_BOXES = ['ftyp', 'moov', 'mdat', 'wide', 'free'];

/** The media type of the three containers Figma takes (MP4, MOV, WebM); null for anything else. */
export function sniffVideo(bytes: Uint8Array): string | null {
  if (startsWith(bytes, [0x1a, 0x45, 0xdf, 0xa3])) return 'video/webm';
  const box = String.fromCharCode(...bytes.slice(4, 8));
  if (!ISO_BOXES.includes(box)) return null;
  const brand = String.fromCharCode(...bytes.slice(8, 12));
  return box === 'ftyp' && brand !== 'qt  ' ? 'video/mp4' : 'video/quicktime';
}
