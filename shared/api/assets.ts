import * as z from 'zod/mini';

/** What `POST /v1/assets` takes, as its `Content-Type`; the body is the picture itself. */
export const UPLOAD_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** The largest picture that is taken, in bytes. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

/**
 * `POST /v1/assets`: a picture that can go into a generation, under this name and with exactly this size in px. It is
 * this person's alone, and is kept for some days, longer when it is used.
 */
export const UploadedPicture = z.object({ assetId: z.string(), width: z.int(), height: z.int() });
export type UploadedPicture = z.infer<typeof UploadedPicture>;
