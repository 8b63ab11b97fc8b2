import express from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { ModelList } from '../../shared/api/models.ts';
import { builtInModels } from '../../shared/catalogue/catalogue.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/model.ts';
import { modelsRouter, offeredModels } from './models-router.ts';

const models = builtInModels();

function appWith(...providers: ('sketch' | 'fal')[]) {
  return express().use('/v1/models', modelsRouter({ models, tariff: DEFAULT_TARIFF, providers: new Set(providers) }));
}

test('only models with a configured route are listed, in the order of the catalogue', async () => {
  const sketches = ModelList.parse((await request(appWith('sketch')).get('/v1/models').expect(200)).body);
  expect(sketches.models.map(({ id }) => id)).toEqual(['sketch', 'sketch-draft', 'sketch-poster', 'sketch-fine']);
  const all = ModelList.parse((await request(appWith('sketch', 'fal')).get('/v1/models').expect(200)).body);
  expect(all.models.map(({ id }) => id)).toEqual(models.map(({ id }) => id));
  expect(all.tariff).toEqual({ margin: 1.25, stepMillicredits: 100 });
});

test('the answer leaves the routes out: they are the business of the broker', async () => {
  const { text } = await request(appWith('sketch', 'fal')).get('/v1/models');
  expect(text).not.toContain('routes');
});

test('the same list has the same strong ETag and is not sent twice; another list has another one', async () => {
  const first = await request(appWith('sketch')).get('/v1/models').expect('Cache-Control', 'public, no-cache');
  const etag = first.headers.etag ?? '';
  expect(etag).toMatch(/^"[\w-]{43}"$/);
  const again = await request(appWith('sketch')).get('/v1/models').set('If-None-Match', etag).expect(304);
  expect(again.text).toBe('');
  expect(again.headers.etag).toBe(etag);
  await request(appWith('sketch', 'fal')).get('/v1/models').set('If-None-Match', etag).expect(200);
});

test('a model keeps only the routes that are configured', () => {
  const [sketch] = models;
  if (!sketch) throw new Error('the catalogue is empty');
  const both = { ...sketch, routes: [...sketch.routes, { provider: 'fal', path: 'fal-ai/x' } as const] };
  expect(offeredModels([both], new Set(['fal'] as const))).toEqual([
    { ...sketch, routes: [{ provider: 'fal', path: 'fal-ai/x' }] },
  ]);
});
