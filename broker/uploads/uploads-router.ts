import { type BulkheadPolicy, BulkheadRejectedError, bulkhead } from 'cockatiel';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { MAX_UPLOAD_BYTES, UPLOAD_TYPES } from '../../shared/api/assets.ts';
import { InkpotError } from '../../shared/errors.ts';
import { accountOf } from '../auth/guard.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import type { Uploads } from './uploads.ts';

/** Uploads that are being received at once, and those that wait their turn: what they may hold is bounded. */
const AT_ONCE = 16;
const WAITING = 60;

/** Of these by one person, so that slow lines hold nobody else up: as many connections as a browser has. */
const AT_ONCE_BY_ONE = 6;

/** Pictures decoded at once. */
const DECODERS = 4;

export interface UploadsRouterOptions {
  readonly uploads: Pick<Uploads, 'add' | 'remove'>;
  readonly limits: Pick<Limits, 'uploads'>;
  readonly requireToken: RequestHandler;
}

/** `/v1/assets`: takes a picture that can go into a generation, and forgets it. It moves no money. */
export function uploadsRouter({ uploads, limits, requireToken }: UploadsRouterOptions): Router {
  const places = bulkhead(AT_ONCE, WAITING);
  const decoders = bulkhead(DECODERS, Number.POSITIVE_INFINITY);
  const people = new Map<string, BulkheadPolicy>();
  const readBody = express.raw({ type: [...UPLOAD_TYPES], limit: MAX_UPLOAD_BYTES });

  async function take(accountId: string, req: Request, res: Response): Promise<void> {
    const body = await bodyOf(req, res, readBody);
    res.status(201).json(await decoders.execute(() => uploads.add(accountId, body)));
  }

  /** In the person's own turn first, and then in everybody's. */
  async function inTurn(accountId: string, work: () => Promise<void>): Promise<void> {
    const own = people.get(accountId) ?? bulkhead(AT_ONCE_BY_ONE, WAITING);
    people.set(accountId, own);
    try {
      await own.execute(() => places.execute(work));
    } finally {
      if (own.executionSlots === AT_ONCE_BY_ONE) people.delete(accountId);
    }
  }

  const router = Router();
  router
    .route('/')
    .post(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      await limits.uploads.take(accountId);
      await inTurn(accountId, () => take(accountId, req, res)).catch(tooMany);
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
