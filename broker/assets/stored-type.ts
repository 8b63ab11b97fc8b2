/** Where the bytes of an output begin, and what that makes them (file-type reads more than one open needs). */
const SIGNATURES: readonly [start: RegExp, contentType: string][] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xFF\xD8\xFF/, 'image/jpeg'],
  [/^RIFF/, 'image/webp'],
  [/^....ftyp/s, 'video/mp4'],
  [/^(\xEF\xBB\xBF)?\s*</, 'image/svg+xml'],
];

/** How many bytes tell the type of a stored file. */
export const TELLING_BYTES = 8;

/** The content type of a file that was checked when it came, by its first bytes. */
export function storedTypeOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, TELLING_BYTES)).toString('latin1');
  return SIGNATURES.find(([signature]) => signature.test(start))?.[1] ?? 'application/octet-stream';
}
