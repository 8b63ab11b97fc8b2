import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBroker, type TestBroker } from './testing/test-broker.ts';

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});

afterAll(async () => {
  await broker?.stop();
});

test('the API lets any page call it, without credentials', async () => {
  const preflight = await fetch(`${broker.url}/v1/generations`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'null',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization.*idempotency-key/);
});

test('the API sets no cookie and says no more about itself than it must', async () => {
  const response = await fetch(`${broker.url}/v1/models`);
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(response.headers.get('x-powered-by')).toBeNull();
});

test('it is alive and ready, and counts what it does', async () => {
  expect((await fetch(`${broker.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${broker.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${broker.url}/metrics`)).text()).toContain('inkpot_orphaned_jobs 0');
});

test('its metrics are shown to whoever has the token, where there is one', async () => {
  const guarded = await startTestBroker({ INKPOT_METRICS_TOKEN: 'a-token-of-the-operator' });
  try {
    const ask = (headers: Record<string, string>) => fetch(`${guarded.url}/metrics`, { headers });
    expect((await ask({})).status).toBe(404);
    expect((await ask({ Authorization: 'Bearer a-token-of-somebody' })).status).toBe(404);
    const shown = await ask({ Authorization: 'Bearer a-token-of-the-operator' });
    expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining('inkpot_orphaned_jobs')]);
  } finally {
    await guarded.stop();
  }
});

test('a catalogue file with faults stops the start, and names each', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inkpot-catalogue-'));
  const file = join(folder, 'catalogue.json');
  await writeFile(file, JSON.stringify({ margin: 0, models: [{ id: 'sketch', maxCount: 0 }] }));
  await expect(broker.restart({ INKPOT_CATALOGUE: file })).rejects.toThrow(
    /\n {2}margin: .*\n {2}models\.0\.maxCount: /,
  );
  await writeFile(file, JSON.stringify({ margin: 2, remove: ['sketch-fine'] }));
  await broker.restart({ INKPOT_CATALOGUE: file });
  const { models, tariff } = await (await fetch(`${broker.url}/v1/models`)).json();
  expect([models.map(({ id }: { id: string }) => id).includes('sketch-fine'), tariff.margin]).toEqual([false, 2]);
  const prices = await (await fetch(`${broker.url}/v1/prices`)).json();
  expect(prices).toMatchObject({ creditUsd: 0.05, margin: 2, step: 0.1 });
  expect(await (await fetch(`${broker.url}/prices`)).text()).toContain('<h1>Prices</h1>');
  await broker.restart();
  await rm(folder, { recursive: true });
});

test('every answer forbids to run it, to frame it and to guess its type', async () => {
  for (const path of [
    '/v1/models',
    '/v1/nothing',
    '/oauth/jwks',
    '/healthz',
    '/openapi.json',
    '/sign-in',
    '/nothing',
  ]) {
    const { headers } = await fetch(`${broker.url}${path}`);
    expect([path, headers.get('content-security-policy')]).toEqual([
      path,
      expect.stringContaining("default-src 'none'"),
    ]);
    expect([path, headers.get('content-security-policy')]).toEqual([
      path,
      expect.stringContaining("frame-ancestors 'none'"),
    ]);
    expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
    expect([path, headers.get('referrer-policy')]).toEqual([path, 'no-referrer']);
  }
});

test('a body that is not JSON, or too large, is refused in words', async () => {
  const { token } = await broker.person(0);
  const send = (body: string) =>
    fetch(`${broker.url}/v1/quotes`, {
      method: 'POST',
      body,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    });
  expect((await send('{"poolId":')).status).toBe(400);
  expect((await send(JSON.stringify({ poolId: 'x'.repeat(40_000) }))).status).toBe(413);
  const unknown = await send(JSON.stringify({ poolId: 'x', modelId: 'y', settings: {}, __proto__: null, admin: true }));
  expect((await unknown.json()).code).toBe('invalid_request');
});

test('an unknown path is a problem for programs and a page for people', async () => {
  const api = await fetch(`${broker.url}/v1/nothing`);
  expect([api.status, api.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
  const page = await fetch(`${broker.url}/nothing`);
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
});

test('another method on a known path is told which one to use', async () => {
  const response = await fetch(`${broker.url}/v1/quotes`);
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  const head = await fetch(`${broker.url}/v1/generations/x/events`, { method: 'HEAD' });
  expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET']);
});

test('the OpenAPI document names every route of the API', async () => {
  const document = await (await fetch(`${broker.url}/openapi.json`)).json();
  expect(Object.keys(document.paths).sort()).toEqual([
    '/v1/assets',
    '/v1/assets/{id}',
    '/v1/generations',
    '/v1/generations/links/{token}',
    '/v1/generations/{id}',
    '/v1/generations/{id}/events',
    '/v1/generations/{id}/outputs',
    '/v1/generations/{id}/outputs/{n}',
    '/v1/generations/{id}/outputs/{n}/link',
    '/v1/generations/{id}/outputs/{n}/original',
    '/v1/generations/{id}/outputs/{n}/poster',
    '/v1/generations/{id}/outputs/{n}/thumbnail',
    '/v1/models',
    '/v1/pools',
    '/v1/pools/{id}',
    '/v1/pools/{id}/entries',
    '/v1/pools/{id}/statement',
    '/v1/pools/{id}/transfers',
    '/v1/prices',
    '/v1/quotes',
  ]);
});

test('each endpoint of the authorization server answers its own method only', async () => {
  for (const path of ['/device/auth', '/token', '/token/revocation']) {
    const response = await fetch(`${broker.url}/oauth${path}`);
    expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, 'POST']);
  }
  const response = await fetch(`${broker.url}/oauth/jwks`, { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
});
