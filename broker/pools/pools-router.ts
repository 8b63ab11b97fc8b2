import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { EntryPage, Pool, PoolList } from '../../shared/api/pools.ts';
import { accountOf } from '../auth/guard.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Pools } from './pools.ts';

export interface PoolsRouterOptions {
  readonly pools: Pools;
  readonly requireToken: RequestHandler;
}

const EntriesQuery = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `GET /v1/pools`, `GET /v1/pools/:id`, `GET /v1/pools/:id/entries`; paths are relative to `/v1`. */
export function poolsRouter({ pools, requireToken }: PoolsRouterOptions): Router {
  const router = Router();
  router
    .route('/pools')
    .get(requireToken, async (_req, res) => {
      const list: PoolList = { pools: await pools.list(accountOf(res).accountId) };
      res.json(list);
    })
    .all(methodNotAllowed('GET'));
  router
    .route('/pools/:id')
    .get(requireToken, async (req, res) => {
      const pool: Pool = await pools.read(accountOf(res).accountId, req.params.id);
      res.json(pool);
    })
    .all(methodNotAllowed('GET'));
  router
    .route('/pools/:id/entries')
    .get(requireToken, async (req, res) => {
      const query = parseInput(EntriesQuery, req.query);
      const page: EntryPage = await pools.listEntries(accountOf(res).accountId, req.params.id, query);
      res.json(page);
    })
    .all(methodNotAllowed('GET'));
  return router;
}
