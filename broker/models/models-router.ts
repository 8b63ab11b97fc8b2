import { createHash } from 'node:crypto';
import compression from 'compression';
import { Router } from 'express';
import { type ListedModel, ModelList } from '../../shared/api/models.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { nearestEqual } from './nearest-equal.ts';
import type { Roster } from './roster.ts';
import type { ModelTrust } from './trust.ts';

export interface ModelsRouterOptions {
  readonly roster: Roster;
  readonly trust: Pick<ModelTrust, 'of' | 'snapshot'>;
  readonly tariff: Tariff;
}

/**
 * `GET /v1/models`: what can be picked now, how it has done lately, and how prices become credits. Public, because prices
 * are. The answer changes only with the configuration, the day, the routes and the counts, so it is made once for each
 * and has a strong ETag.
 */
export function modelsRouter({ roster, trust, tariff }: ModelsRouterOptions): Router {
  let made: { readonly from: readonly unknown[]; readonly body: string; readonly etag: string } | null = null;

  function answer() {
    const from = [roster.offered(), trust.snapshot()];
    if (!made || made.from.some((part, index) => part !== from[index])) {
      const body = JSON.stringify(ModelList.parse({ models: roster.offered().map(listed), tariff }));
      made = { from, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    }
    return made;
  }

  function listed(offered: Model): ListedModel {
    const { routes: _routes, ...model } = offered;
    const isUp = (id: string) => roster.offerOf(id)?.isUp === true;
    const up = roster.offered().filter(({ id }) => isUp(id));
    const status = isUp(model.id) ? 'up' : 'down';
    const instead = status === 'up' ? null : nearestEqual(offered, up, tariff);
    return { ...model, status, instead: instead?.id ?? null, trust: trust.of(model.id) };
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
