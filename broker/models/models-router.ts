import { createHash } from 'node:crypto';
import { Router } from 'express';
import { ModelList } from '../../shared/api/models.ts';
import type { Model, PublicModel, Tariff } from '../../shared/catalogue/model.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Provider } from '../providers/provider.ts';

/** The providers that this broker has keys for, by name. */
type Configured = Pick<ReadonlyMap<Provider['name'], Provider>, 'has'>;

/** The models that can be asked for now: each with only the routes whose provider is configured, at least one. */
export function offeredModels(models: readonly Model[], providers: Configured): Model[] {
  return models
    .map((model) => ({ ...model, routes: model.routes.filter(({ provider }) => providers.has(provider)) }))
    .filter(({ routes }) => routes.length > 0);
}

/**
 * `GET /v1/models`: what can be picked now, and how prices become credits. Public, because prices are. The answer changes
 * only with the configuration, so it is made once and has a strong ETag.
 */
export function modelsRouter({
  models,
  tariff,
  providers,
}: {
  models: readonly Model[];
  tariff: Tariff;
  providers: Configured;
}): Router {
  const list: ModelList = ModelList.parse({ models: offeredModels(models, providers).map(publicModel), tariff });
  const body = JSON.stringify(list);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const router = Router();
  router
    .route('/')
    .get((_req, res) => {
      res.set({ ETag: etag, 'Cache-Control': 'public, no-cache' }).type('application/json').send(body);
    })
    .all(methodNotAllowed('GET'));
  return router;
}

function publicModel({ routes: _routes, ...model }: Model): PublicModel {
  return model;
}
