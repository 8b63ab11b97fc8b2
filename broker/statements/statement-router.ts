import { Readable } from 'node:stream';
import { type RequestHandler, Router } from 'express';
import { accountOf } from '../auth/guard.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { sendStream } from '../http/send-stream.ts';
import type { Limits } from '../limits/limits.ts';
import type { Pools } from '../pools/pools.ts';
import { type StatementOptions, writeStatement } from './statement.ts';

export interface StatementRouterOptions extends StatementOptions {
  readonly pools: Pick<Pools, 'read'>;
  readonly limits: Pick<Limits, 'statements'>;
  readonly requireToken: RequestHandler;
}

/**
 * `GET /v1/pools/:id/statement`: every entry of a pool since it was opened, with the broker's signature, for any of its
 * members; `npm run admin -- verify` checks the file. One that breaks off has no signature. Paths are relative to `/v1`.
 */
export function statementRouter({ pools, limits, requireToken, ...options }: StatementRouterOptions): Router {
  const router = Router();
  router
    .route('/pools/:id/statement')
    .get(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      const { id } = await pools.read(accountId, req.params.id);
      await limits.statements.take(accountId);
      res.attachment(`inkpot-statement-${id}.ndjson`).type('application/x-ndjson');
      await sendStream(Readable.from(writeStatement(options, id)), req, res);
    })
    .all(methodNotAllowed('GET'));
  return router;
}
