import type { Request, Response } from 'express';
import { sendStream } from '../http/send-stream.ts';
import type { StoredFile } from './store.ts';

/**
 * Streams a stored picture to whoever asked. Its address names its content for ever, so it may be cached for ever, by
 * this person only. A client that leaves in the middle is no error.
 */
export async function sendStored(req: Request, res: Response, file: StoredFile, etag: string): Promise<void> {
  const { stream, contentType, bytes } = file;
  res.set({
    ETag: etag,
    'Cache-Control': 'private, max-age=31536000, immutable',
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    // A drawing was checked, but a browser would still open it as a page of ours.
    ...(contentType === 'image/svg+xml' && {
      'Content-Disposition': 'attachment; filename="drawing.svg"',
      'Content-Security-Policy': "sandbox; default-src 'none'",
    }),
  });
  if (req.fresh || req.method === 'HEAD') {
    stream.destroy();
    if (req.fresh) res.status(304).removeHeader('Content-Type');
    else res.set('Content-Length', String(bytes));
    res.end();
    return;
  }
  res.set('Content-Length', String(bytes));
  await sendStream(stream, req, res);
}
