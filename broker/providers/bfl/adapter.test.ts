import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendJson, startFakeHost } from '../fake-host.ts';
import { endOf, faultOf, jobFrom, pictureOf, requestFor } from '../test-request.ts';
import { createBfl } from './adapter.ts';
import { type FakeBfl, startFakeBfl } from './fake-server.ts';

const { signal } = new AbortController();

let fake: FakeBfl;
beforeEach(async () => {
  fake = await startFakeBfl({ key: 'secret' });
});
afterEach(() => fake.close());

function adapter(options: Partial<Parameters<typeof createBfl>[0]> = {}) {
  return createBfl({ key: 'secret', baseUrl: fake.url, timeouts: { submit: 1_500, ask: 1_500 }, ...options });
}

const request = requestFor({ provider: 'bfl', path: '/v1/flux-2-pro' }, { seed: 5 });

test('a job is asked about by the link that came back, which lies elsewhere, and never at the global address', async () => {
  const job = await jobFrom(adapter().submit(request, signal));
  expect(new URL(String(job.pollingUrl)).host).not.toBe(fake.host);
  expect(fake.jobs.all[0]?.path).toBe('/v1/flux-2-pro');
  expect(await endOf(adapter(), request)).toMatchObject({ state: 'succeeded' });
  const global = { ...job, pollingUrl: `${fake.url}/v1/get_result?id=${job.id}` };
  expect(await adapter().poll(global, request, signal)).toMatchObject({
    state: 'failed',
    cause: 'Task not found null',
  });
});

test('a link that leads nowhere any more ends the job, and one that is refused is asked again', async () => {
  const poll = async (status: number) => {
    const server = await startFakeHost(async (_req, res) => sendJson(res, status, {}));
    const job = { id: 'x', pollingUrl: `${server.url}/v1/get_result?id=x`, credits: null };
    return adapter({ baseUrl: server.url })
      .poll(job, request, signal)
      .finally(() => server.close());
  };
  expect(await poll(404)).toMatchObject({ state: 'failed', reason: 'provider_error' });
  expect(await faultOf(poll(500))).toMatchObject({ reason: 'provider_error', outcomeUnknown: false });
});

test('a webhook is not asked for, because then the link would not come back', async () => {
  const job = await jobFrom(adapter().submit({ ...request, webhookUrl: 'https://broker.example/hook' }, signal));
  expect(job.pollingUrl).toMatch(/get_result/);
});

test('the picture brings its seed and the credits that the submit said', async () => {
  expect(await endOf(adapter(), request)).toEqual({
    state: 'succeeded',
    outputs: [{ url: expect.stringContaining('/results/'), seed: 5 }],
    cost: { kind: 'credits', credits: 3, usdPerCredit: 0.01 },
  });
});

test('progress is told where it is known', async () => {
  const job = await jobFrom(adapter().submit(requestFor(request.route, { prompt: '__slow__' }), signal));
  expect(await adapter().poll(job, request, signal)).toEqual({ state: 'running', progress: null });
  expect(await adapter().poll(job, request, signal)).toEqual({ state: 'running', progress: 0.5 });
});

test('a picture that is painted into is sent with its mask', async () => {
  const [picture, mask] = await Promise.all([
    pictureOf({ width: 96, height: 64 }),
    pictureOf({ width: 96, height: 64 }),
  ]);
  const fill = requestFor(
    { provider: 'bfl', path: '/v1/flux-pro-1.0-fill' },
    { size: { kind: 'auto' } },
    { size: null, references: [picture], mask },
  );
  expect(await endOf(adapter(), fill)).toMatchObject({ state: 'succeeded' });
});

test('the key goes in a header of its own, and a wrong one is refused', async () => {
  expect(await faultOf(adapter({ key: 'other' }).submit(request, signal))).toMatchObject({
    reason: 'auth',
    outcomeUnknown: false,
  });
  expect(fake.jobs.all).toHaveLength(0);
});

test.each([
  'https://evil.example/v1/get_result',
  'https://api.bfl.ai.evil.example/x',
  'http://api.bfl.ai/x',
  'nonsense',
])('a link to %s is not followed, for it would carry the key there', async (polling_url) => {
  const server = await startFakeHost(async (_req, res) => sendJson(res, 200, { id: 'x', polling_url }));
  const fault = await faultOf(adapter({ baseUrl: server.url }).submit(request, signal));
  expect(fault).toMatchObject({ reason: 'provider_error', outcomeUnknown: true });
  await server.close();
});

test('pictures are fetched from the hosts of BFL, and from the one that stands in its place', () => {
  const bfl = createBfl({ key: 'secret' });
  for (const host of ['delivery-eu4.bfl.ai', 'delivery-us1.bfl.ai', 'delivery.bfl.ai']) {
    expect(bfl.allowsHost(host)).toBe(true);
  }
  for (const host of ['api.bfl.ai', 'delivery-eu4.bfl.ai.evil.example', 'delivery-eu4.bfl.ai:8443', fake.host]) {
    expect(bfl.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check says what is left and which paths are gone', async () => {
  expect(await adapter().check(['/v1/flux-2-pro', '/v1/flux-1-old'], signal)).toEqual({
    access: 'accepted',
    balance: '1240.5 credits ($12.41)',
    unknownPaths: ['/v1/flux-1-old'],
  });
  expect(await adapter({ key: 'other' }).check([], signal)).toMatchObject({ access: 'refused', unknownPaths: null });
  expect(await adapter({ baseUrl: 'http://127.0.0.1:1' }).check([], signal)).toMatchObject({ access: 'unreachable' });
});
