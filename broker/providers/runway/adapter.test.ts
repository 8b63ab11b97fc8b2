import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendJson, startFakeHost } from '../fake-host.ts';
import { endOf, faultOf, jobFrom, pictureOf, requestFor } from '../test-request.ts';
import { createRunway } from './adapter.ts';
import { type FakeRunway, startFakeRunway } from './fake-server.ts';

const { signal } = new AbortController();
const size = { width: 1_280, height: 720 };

let fake: FakeRunway;
beforeEach(async () => {
  fake = await startFakeRunway({ key: 'secret' });
});
afterEach(() => fake.close());

function adapter(options: Partial<Parameters<typeof createRunway>[0]> = {}) {
  return createRunway({ key: 'secret', baseUrl: fake.url, timeouts: { submit: 1_500, ask: 1_500 }, ...options });
}

function picture(prompt: string) {
  const route = { provider: 'runway', path: 'gen4_image' } as const;
  return requestFor(route, { prompt, size: { kind: 'pixels', ...size } }, { size });
}

test('a video costs the credits that the task names', async () => {
  const references = [await pictureOf({ width: 128, height: 72 })];
  const settings = { prompt: 'a fox runs', size: { kind: 'pixels', ...size }, duration: 4 } as const;
  const film = requestFor({ provider: 'runway', path: 'gen4_turbo' }, settings, { size, references });
  expect(await endOf(adapter(), film)).toEqual({
    state: 'succeeded',
    outputs: [{ url: expect.stringContaining('/out.mp4'), seed: null }],
    cost: { kind: 'credits', credits: 20, usdPerCredit: 0.01 },
  });
});

test('what its filters take away is billed like any other, and other failures are not', async () => {
  const refused = { state: 'failed', reason: 'moderated_output', billed: true };
  expect(await endOf(adapter(), picture('__nsfw_output__'))).toMatchObject(refused);
  expect(await endOf(adapter(), picture('__fail__'))).not.toHaveProperty('billed');
});

test.each([
  ['says that it cost nothing', { credits: 0 }, undefined],
  ['does not say what it cost', undefined, true],
])('a moderated task that %s', async (_what, cost, billed) => {
  const task = { status: 'FAILED', failureCode: 'SAFETY.INPUT.TEXT', ...(cost && { cost }) };
  const other = await startFakeHost(async (_req, res) => sendJson(res, 200, task));
  const status = await adapter({ baseUrl: other.url }).poll({ id: 'x' }, picture('a fox'), signal);
  expect(status).toEqual({ state: 'failed', reason: 'moderated_input', cause: 'SAFETY.INPUT.TEXT', billed });
  await other.close();
});

test('a task waits, is held back by the account, and tells how far it is', async () => {
  const job = await jobFrom(adapter().submit(picture('__slow__'), signal));
  expect(await adapter().poll(job, picture(''), signal)).toEqual({ state: 'queued' });
  expect(await adapter().poll(job, picture(''), signal)).toEqual({ state: 'running', progress: 0.4 });
  const throttled = await jobFrom(adapter().submit(picture('__queued__'), signal));
  expect(await adapter().poll(throttled, picture(''), signal)).toEqual({ state: 'queued' });
});

test('it is asked every five seconds at most', () => {
  const delays = Array.from({ length: 20 }, (_, attempt) => adapter().pollDelay(attempt));
  expect(Math.min(...delays)).toBe(5_000);
  expect(Math.max(...delays)).toBe(15_000);
});

test('what has ended is not deleted by a cancel that comes too late', async () => {
  const request = picture('__quick__');
  const job = await jobFrom(adapter().submit(request, signal));
  expect(await adapter().poll(job, request, signal)).toMatchObject({ state: 'succeeded' });
  expect(await adapter().cancel(job, signal)).toBe('running_on');
  expect(await adapter().poll(job, request, signal)).toMatchObject({ state: 'succeeded' });
});

test('a task that was cancelled says so', async () => {
  const request = picture('__slow__');
  const job = await jobFrom(adapter().submit(request, signal));
  expect(await adapter().cancel(job, signal)).toBe('cancelled');
  expect(await adapter().poll(job, request, signal)).toMatchObject({ state: 'failed', reason: 'cancelled' });
});

test('a cancel that nobody answers counts as running on', async () => {
  const away = await startFakeHost(async (_req, res) => sendJson(res, 500, {}));
  expect(await adapter({ baseUrl: away.url }).cancel({ id: 'x' }, signal)).toBe('running_on');
  await away.close();
});

test('the key goes in a bearer header, and a wrong one is refused', async () => {
  const fault = await faultOf(adapter({ key: 'other' }).submit(picture('a fox'), signal));
  expect(fault).toMatchObject({ reason: 'auth', outcomeUnknown: false });
  expect(fake.jobs.all).toHaveLength(0);
});

test('results are fetched from the stores of Runway alone, and from the host that stands in its place', () => {
  const runway = createRunway({ key: 'secret' });
  expect(runway.allowsHost('dnznrvs05pmza.cloudfront.net')).toBe(true);
  for (const host of ['evil.cloudfront.net', 'api.dev.runwayml.com', 's3.amazonaws.com', fake.host]) {
    expect(runway.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check says what is left and which models are gone', async () => {
  expect(await adapter().check(['gen4_image', 'gen3a_turbo'], signal)).toEqual({
    access: 'accepted',
    balance: '1240 credits ($12.40)',
    unknownPaths: ['gen3a_turbo'],
  });
  expect(await adapter({ key: 'other' }).check([], signal)).toMatchObject({ access: 'refused' });
  expect(await adapter({ baseUrl: 'http://127.0.0.1:1' }).check([], signal)).toMatchObject({ access: 'unreachable' });
});
