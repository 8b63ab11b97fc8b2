import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

/** Sends all that a stream has. A client who leaves in the middle is no fault. @throws what the stream throws. */
export async function sendStream(stream: Readable, req: Request, res: Response): Promise<void> {
  try {
    // Node 24 throws at once, and not through the promise's stream, when the client has already left.
    await pipeline(stream, res);
  } catch (error) {
    stream.destroy();
    const clientLeft = req.destroyed || res.closed || res.destroyed;
    if (!clientLeft || !isBrokenPipe(error)) throw error;
  }
}

function isBrokenPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    code === 'ERR_STREAM_UNABLE_TO_PIPE' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE'
  );
}
