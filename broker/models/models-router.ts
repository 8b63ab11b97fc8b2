import { createHash } from 'node:crypto';
import compression from 'compression';
import { Router } from 'express';
import { ModelList } from '../../shared/api/models.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import type { PublicModel } from '../../shared/catalogue/public-model.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Roster } from './roster.ts';

/**
 * `GET /v1/models`: what can be picked now, and how prices become credits. Public, because prices are. The answer changes
 * only with the configuration and the day, so it is made once for each and has a strong ETag.
 */
export function modelsRouter({ roster, tariff }: { roster: Roster; tariff: Tariff }): Router {
  let made: { readonly from: readonly Model[]; readonly body: string; readonly etag: string } | null = null;

  function answer() {
    const offered = roster.offered();
    if (made?.from !== offered) {
      const body = JSON.stringify(ModelList.parse({ models: offered.map(publicModel), tariff }));
      made = { from: offered, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    }
    return made;
  }

  const router = Router();
  router
    .route('/')
    .get(compression(), (_req, res) => {
      const { body, etag } = answer();
      res.set({ ETag: etag, 'Cache-Control': 'public, no-cache' }).type('application/json').send(body);
    })
    .all(methodNotAllowed('GET'));
  return router;
}

function publicModel({ routes: _routes, ...model }: Model): PublicModel {
  return model;
}
