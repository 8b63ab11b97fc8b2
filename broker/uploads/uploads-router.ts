import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { MAX_UPLOAD_BYTES, UPLOAD_TYPES } from '../../shared/api/assets.ts';
import { InkpotError } from '../../shared/errors.ts';
import { accountOf } from '../auth/guard.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import type { Uploads } from './uploads.ts';

/** Uploads that are being received or decoded at once, and those that wait their turn: what they may hold is bounded. */
const AT_ONCE = 4;
const WAITING = 60;

export interface UploadsRouterOptions {
  readonly uploads: Pick<Uploads, 'add' | 'remove'>;
  readonly limits: Pick<Limits, 'uploads'>;
  readonly requireToken: RequestHandler;
}

/** `/v1/assets`: takes a picture that can go into a generation, and forgets it. It moves no money. */
export function uploadsRouter({ uploads, limits, requireToken }: UploadsRouterOptions): Router {
  const places = bulkhead(AT_ONCE, WAITING);
  const readBody = express.raw({ type: [...UPLOAD_TYPES], limit: MAX_UPLOAD_BYTES });

  async function take(req: Request, res: Response): Promise<void> {
    const body = await bodyOf(req, res, readBody);
    res.status(201).json(await uploads.add(accountOf(res).accountId, body));
  }

  const router = Router();
  router
    .route('/')
    .post(requireToken, async (req, res) => {
      await limits.uploads.take(accountOf(res).accountId);
      await places.execute(() => take(req, res)).catch(tooMany);
    })
    .all(methodNotAllowed('POST'));
  router
    .route('/:id')
    .delete(requireToken, async (req, res) => {
      await uploads.remove(accountOf(res).accountId, req.params.id);
      res.status(204).end();
    })
    .all(methodNotAllowed('DELETE'));
  return router;
}

async function bodyOf(req: Request, res: Response, readBody: RequestHandler): Promise<Uint8Array> {
  await new Promise<void>((read, fail) => {
    readBody(req, res, (error?: unknown) => (error ? fail(error) : read()));
  });
  if (req.body instanceof Uint8Array && req.body.length > 0) return req.body;
  throw new InkpotError('unreadable_picture', {
    detail: `Send the picture itself, as ${UPLOAD_TYPES.join(', ')}.`,
  });
}

function tooMany(error: unknown): never {
  if (!(error instanceof BulkheadRejectedError)) throw error;
  throw new InkpotError('broker_busy', { cause: error, retryAfterSeconds: 2 });
}
