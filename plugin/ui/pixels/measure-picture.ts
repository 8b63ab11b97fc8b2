import { MAX_SIDE } from '../../../shared/catalogue/settings.ts';

/**
 * A picture's sides in px as the broker will keep it: upright, and fitted into 4096 px.
 * @throws Error when it is no picture.
 */
export async function measurePicture(bytes: Uint8Array<ArrayBuffer>): Promise<{ width: number; height: number }> {
  const picture = await createImageBitmap(new Blob([bytes]));
  const { width, height } = picture;
  picture.close();
  const shrink = Math.min(1, MAX_SIDE / Math.max(width, height));
  return { width: Math.round(width * shrink), height: Math.round(height * shrink) };
}
