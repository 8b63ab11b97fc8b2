import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { sendJson, startFakeHost } from '../fake-host.ts';
import { endOf, faultOf, jobFrom, requestFor, unserved } from '../test-request.ts';
import { createLuma } from './adapter.ts';
import { type FakeLuma, startFakeLuma } from './fake-server.ts';

const { signal } = new AbortController();

let fake: FakeLuma;
beforeEach(async () => {
  fake = await startFakeLuma({ key: 'secret' });
});
afterEach(() => fake.close());

function adapter(options: Partial<Parameters<typeof createLuma>[0]> = {}) {
  return createLuma({ key: 'secret', baseUrl: fake.url, timeouts: { submit: 1_500, ask: 1_500 }, ...options });
}

function film(prompt: string, changes: Partial<Settings> = {}) {
  const size = { kind: 'ratio', ratio: '16:9', tier: '540p' } as const;
  return requestFor({ provider: 'luma', path: 'ray-2' }, { prompt, size, duration: 9, ...changes });
}

test('every route of the catalogue is served, with its own fields and no others', async () => {
  expect(unserved(builtInModels(), adapter())).toEqual([]);
  await adapter().submit(film('a fox', { seed: 7 }), signal);
  const input = { model: 'ray-2', prompt: 'a fox', aspect_ratio: '16:9', resolution: '540p', duration: '9s' };
  expect(fake.jobs.all[0]?.input).toEqual(input);
});

test.each(['ray-9', 'constructor'])('nothing is sent to %j, whose fields are not known', async (path) => {
  expect(adapter().serves(path)).toBeNull();
  const fault = await faultOf(adapter().submit(requestFor({ provider: 'luma', path }), signal));
  expect(fault).toMatchObject({ reason: 'model_gone', outcomeUnknown: false });
  expect(fake.jobs.all).toHaveLength(0);
});

test('the end is told where the request says', async () => {
  const webhookUrl = 'https://broker.example/hooks/luma/01jd';
  await jobFrom(adapter().submit({ ...film('a fox'), webhookUrl }, signal));
  expect(fake.jobs.all[0]?.webhook).toBe(webhookUrl);
  expect(adapter().signedWebhook, 'its callbacks are not signed').toBeUndefined();
});

test('a video comes without a seed and without a cost, because none are named', async () => {
  expect(await endOf(adapter(), film('a fox'))).toEqual({
    state: 'succeeded',
    outputs: [{ url: expect.stringMatching(/video\.mp4$/), seed: null }],
  });
});

test('only what waits is deleted, for nobody says that a deletion stops what has begun', async () => {
  const waiting = await jobFrom(adapter().submit(film('__queued__'), signal));
  expect(await adapter().cancel(waiting, signal)).toBe('cancelled');
  const running = await jobFrom(adapter().submit(film('__slow__'), signal));
  await adapter().poll(running, film(''), signal);
  await adapter().poll(running, film(''), signal);
  expect(await adapter().cancel(running, signal)).toBe('running_on');
  expect(await adapter().poll(running, film(''), signal)).toEqual({ state: 'running', progress: null });
  const away = await startFakeHost(async (_req, res) => sendJson(res, 500, {}));
  expect(await adapter({ baseUrl: away.url }).cancel({ id: 'x' }, signal)).toBe('running_on');
  await away.close();
});

test('the key goes in a bearer header, and a wrong one is refused', async () => {
  const fault = await faultOf(adapter({ key: 'other' }).submit(film('a fox'), signal));
  expect(fault).toMatchObject({ reason: 'auth', outcomeUnknown: false });
});

test('videos are fetched from the store of Luma alone, and from the host that stands in its place', () => {
  const luma = createLuma({ key: 'secret' });
  expect(luma.allowsHost('storage.cdn-luma.com')).toBe(true);
  for (const host of ['cdn-luma.com', 'storage.cdn-luma.com.evil.example', 'api.lumalabs.ai', fake.host]) {
    expect(luma.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check says what is left', async () => {
  expect(await adapter().check(['ray-2'], signal)).toEqual({
    access: 'accepted',
    balance: '$12.40',
    unknownPaths: null,
  });
  expect(await adapter({ key: 'other' }).check([], signal)).toMatchObject({ access: 'refused' });
  expect(await adapter({ baseUrl: 'http://127.0.0.1:1' }).check([], signal)).toMatchObject({ access: 'unreachable' });
});
