import express from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { ModelList } from '../../shared/api/models.ts';
import { builtInModels } from '../../shared/catalogue/catalogue.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { createProviders } from '../providers/registry.ts';
import { modelsRouter } from './models-router.ts';
import { createRoster } from './roster.ts';

function appWith({ fal = false, now = '2026-11-24T12:00:00Z' } = {}) {
  const clock = { now: Date.parse(now) };
  const providers = createProviders({ sketch: true, hosted: fal ? { fal: { key: 'k' } } : {} });
  const roster = createRoster({
    catalogue: builtInModels(),
    providers,
    health: { isUp: () => true, down: () => [] },
    clock: () => clock.now,
  });
  return { app: express().use('/v1/models', modelsRouter({ roster, tariff: DEFAULT_TARIFF })), clock };
}

test('only models with a configured route are listed, in the order of the catalogue', async () => {
  const sketches = ModelList.parse((await request(appWith().app).get('/v1/models').expect(200)).body);
  expect(sketches.models.map(({ id }) => id)).toEqual([
    'sketch',
    'sketch-draft',
    'sketch-poster',
    'sketch-fine',
    'sketch-upscale',
    'sketch-repaint',
    'sketch-motion',
  ]);
  const all = ModelList.parse(
    (
      await request(appWith({ fal: true }).app)
        .get('/v1/models')
        .expect(200)
    ).body,
  );
  expect(all.models.map(({ id }) => id)).toEqual([
    ...sketches.models.map(({ id }) => id),
    'seedream-5-lite',
    'nano-banana-pro',
    'flux-2-pro',
    'flux-2-max',
    'flux-2-flex',
    'gpt-image-2',
    'ideogram-v3',
    'recraft-v4-1',
    'qwen-image',
    'z-image-turbo',
  ]);
  expect(all.tariff).toEqual({ margin: 1.25, stepMillicredits: 100 });
});

test('the answer leaves the routes out: they are the business of the broker', async () => {
  const { text } = await request(appWith({ fal: true }).app).get('/v1/models');
  expect(text).not.toContain('routes');
});

test('the same list has the same strong ETag and is not sent twice; another list has another one', async () => {
  const { app } = appWith();
  const first = await request(app).get('/v1/models').expect('Cache-Control', 'public, no-cache');
  const etag = first.headers.etag ?? '';
  expect(etag).toMatch(/^"[\w-]{43}"$/);
  const again = await request(app).get('/v1/models').set('If-None-Match', etag).expect(304);
  expect(again.text).toBe('');
  expect(again.headers.etag).toBe(etag);
  await request(appWith({ fal: true }).app)
    .get('/v1/models')
    .set('If-None-Match', etag)
    .expect(200);
});
