import express from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { ModelList, type Trust } from '../../shared/api/models.ts';
import { builtInModels } from '../../shared/catalogue/catalogue.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { createProviders } from '../providers/registry.ts';
import { modelsRouter } from './models-router.ts';
import { createRoster } from './roster.ts';

const UNKNOWN: Trust = { hour: null, day: null };

function appWith({ fal = false, now = '2026-11-24T12:00:00Z' } = {}) {
  const down = new Set<string>();
  const known = { now: new Map<string, Trust>() };
  const clock = { now: Date.parse(now) };
  const providers = createProviders({ sketch: true, hosted: fal ? { fal: { key: 'k' } } : {} });
  const roster = createRoster({
    catalogue: builtInModels(),
    providers,
    health: { isUp: ({ path }) => !down.has(path), down: () => [...down] },
    clock: () => clock.now,
  });
  const trust = { of: (id: string) => known.now.get(id) ?? UNKNOWN, snapshot: () => known.now };
  return {
    app: express().use('/v1/models', modelsRouter({ roster, trust, tariff: DEFAULT_TARIFF })),
    clock,
    down,
    known,
  };
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
    'seedream-5-pro',
    'seedream-4',
    'nano-banana-pro',
    'nano-banana-2-lite',
    'flux-2-pro',
    'flux-2-max',
    'flux-2-flex',
    'flux-2-dev',
    'flux-1-schnell',
    'flux-1-dev',
    'gpt-image-2',
    'ideogram-v3',
    'ideogram-v4',
    'recraft-v4-1',
    'qwen-image',
    'qwen-image-edit',
    'qwen-image-3',
    'z-image-turbo',
    'grok-imagine-image-2',
    'wan-2-7-image',
    'hunyuan-image-3-edit',
    'kling-image-o1',
    'veo-3-1',
    'gemini-omni-flash',
    'kling-3-pro',
    'kling-3-standard',
    'kling-3-turbo',
    'kling-o3',
    'kling-2-5-turbo-pro',
    'seedance-2-5',
    'seedance-2-0',
    'seedance-2-0-fast',
    'seedance-2-0-mini',
    'hailuo-2-3-standard',
    'hailuo-2-3-pro',
    'minimax-h3',
    'wan-2-7',
    'ltx-2-pro',
    'ltx-2-fast',
    'grok-imagine-video',
    'pixverse-5-5',
    'topaz-image-upscale',
    'seedvr2-upscale',
    'clarity-upscaler',
    'bria-rmbg-2',
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

test('a model whose every route is down says so, and which one comes nearest to it; the others say nothing', async () => {
  const { app, down } = appWith({ fal: true });
  const read = async () => ModelList.parse((await request(app).get('/v1/models')).body).models;
  expect((await read()).every(({ status, instead }) => status === 'up' && instead === null)).toBe(true);
  down.add('fal-ai/flux-2-pro');
  const models = await read();
  expect(models.filter(({ status }) => status === 'down').map(({ id }) => id)).toEqual(['flux-2-pro']);
  const { instead } = models.find(({ id }) => id === 'flux-2-pro') ?? {};
  expect(models.find(({ id }) => id === instead)).toMatchObject({ status: 'up', kind: 'image' });
});

test('each model says how it has done, and the list has another ETag once that has changed', async () => {
  const { app, known } = appWith();
  const before = await request(app).get('/v1/models');
  const window = { ended: 20, successRate: 0.95, refundedShare: 0.05, waitP50Ms: 900, waitP90Ms: 2_000 };
  known.now = new Map([['sketch', { hour: null, day: window }]]);
  const after = await request(app)
    .get('/v1/models')
    .set('If-None-Match', before.headers.etag ?? '')
    .expect(200);
  const [sketch, draft] = ModelList.parse(after.body).models;
  expect(sketch?.trust).toEqual({ hour: null, day: window });
  expect(draft?.trust).toEqual(UNKNOWN);
});
