import compression from 'compression';
import { Router } from 'express';
import type { PriceList } from '../../shared/api/prices.ts';
import { methodNotAllowed } from '../http/problem.ts';

/** `GET /v1/prices`: the public price list, for machines. */
export function pricesRouter(list: () => PriceList): Router {
  const router = Router();
  router
    .route('/')
    .get(compression(), (_req, res) => {
      res.set('Cache-Control', 'public, max-age=300').json(list());
    })
    .all(methodNotAllowed('GET'));
  return router;
}
