import type { Target } from './store.ts';

// Ids come out of URLs: nothing but these characters may reach a file system or a bucket.
const GENERATION = /^[A-Za-z0-9_-]{2,64}$/;
const UPLOAD = /^[0-9a-z]{26}$/;

/** @throws RangeError */
export function requireGenerationName(generationId: string): string {
  if (GENERATION.test(generationId)) return generationId;
  throw new RangeError(`${JSON.stringify(generationId)} is not a generation's name`);
}

/** @throws RangeError */
export function requireIndex({ index }: Target): string {
  if (Number.isSafeInteger(index) && index >= 0) return String(index);
  throw new RangeError(`${index} is not a picture's number`);
}

/** @throws RangeError */
export function requireUploadName(assetId: string): string {
  if (UPLOAD.test(assetId)) return assetId;
  throw new RangeError(`${JSON.stringify(assetId)} is not an upload's name`);
}
