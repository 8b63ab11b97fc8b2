import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { ProviderFault, type ProviderJob, type ProviderRequest } from '../provider.ts';
import { faultOf, jobFrom, requestFor as requestTo } from '../test-request.ts';
import { createFal } from './adapter.ts';
import { type FakeFal, startFakeFal } from './fake-server.ts';

const { signal } = new AbortController();
const timeouts = { submit: 1_500, ask: 1_500 };

let fake: FakeFal;
beforeEach(async () => {
  fake = await startFakeFal({ key: 'secret' });
});
afterEach(() => fake.close());

function requestFor(prompt: string, changes: Partial<Settings> = {}, path = 'fal-ai/qwen-image'): ProviderRequest {
  return requestTo({ provider: 'fal', path }, { prompt, ...changes });
}

function adapter(baseUrl = fake.url) {
  return createFal({ key: 'secret', baseUrl, timeouts });
}

/** A server in fal's place that answers as the test says. */
async function standIn(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('a submit', () => {
  test('gives a job that leads back to it by the links that fal returned, without the sub-path', async () => {
    const job = await jobFrom(adapter().submit(requestFor('a fox', {}, 'fal-ai/z-image/turbo'), signal));
    expect(fake.jobs.all[0]?.path).toBe('fal-ai/z-image/turbo');
    expect(job.statusUrl).toBe(`${fake.url}/fal-ai/z-image/requests/${fake.jobs.all[0]?.id}/status`);
    expect(await adapter().poll(job, requestFor('a fox'), signal)).toEqual({ state: 'queued' });
  });

  test('makes one job for a batch', async () => {
    await adapter().submit(requestFor('a fox', { count: 4 }), signal);
    expect(fake.jobs.all).toHaveLength(1);
    expect(fake.jobs.all[0]?.input.num_images).toBe(4);
  });

  test('sends the key in the form that fal wants', async () => {
    await adapter().submit(requestFor('a fox'), signal);
    const wrong = createFal({ key: 'other', baseUrl: fake.url });
    expect(await faultOf(wrong.submit(requestFor('a fox'), signal))).toMatchObject({
      reason: 'auth',
      outcomeUnknown: false,
    });
  });

  test.each([
    ['__401__', 'auth'],
    ['__402__', 'out_of_balance'],
    ['__429__', 'rate_limited'],
    ['__503__', 'capacity'],
    ['__gone__', 'model_gone'],
  ] as const)('%s is a refusal: nothing was started', async (word, reason) => {
    expect(await faultOf(adapter().submit(requestFor(word), signal))).toMatchObject({ reason, outcomeUnknown: false });
    expect(fake.jobs.all).toHaveLength(0);
  });

  test.each([
    ['__500_after_accept__', 'provider_error'],
    ['__drop_after_accept__', 'provider_error'],
    ['__cut_accept__', 'provider_error'],
    ['__timeout__', 'timeout'],
  ] as const)('%s leaves the outcome unknown and is not tried again', async (word, reason) => {
    expect(await faultOf(adapter().submit(requestFor(word), signal))).toMatchObject({ reason, outcomeUnknown: true });
    expect(fake.jobs.all).toHaveLength(1);
  });

  test('to a port where nobody listens has certainly not been taken', async () => {
    const { url } = fake;
    await fake.close();
    expect(await faultOf(adapter(url).submit(requestFor('a fox'), signal))).toMatchObject({
      reason: 'provider_error',
      outcomeUnknown: false,
    });
    fake = await startFakeFal();
  });

  test('that was called off before it began has certainly not been taken; in the middle, who knows', async () => {
    expect(await faultOf(adapter().submit(requestFor('a fox'), AbortSignal.abort()))).toMatchObject({
      outcomeUnknown: false,
    });
    expect(fake.jobs.all).toHaveLength(0);
    const late = AbortSignal.timeout(100);
    expect(await faultOf(adapter().submit(requestFor('__timeout__'), late))).toMatchObject({ outcomeUnknown: true });
  });

  test('does not use a connection that may be closing', async () => {
    const sockets = new Set<unknown>();
    const { url, server } = await standIn((req, res) => {
      sockets.add(req.socket);
      res.writeHead(429).end('{}');
    });
    const fal = adapter(url);
    await faultOf(fal.submit(requestFor('a fox'), signal));
    await faultOf(fal.submit(requestFor('a fox'), signal));
    expect(sockets.size).toBe(2);
    server.close().closeAllConnections();
  });
});

describe('links', () => {
  async function submitTo(links: string): Promise<ProviderJob | ProviderFault> {
    const body = { request_id: 'r', status_url: `${links}/s`, response_url: `${links}/r`, cancel_url: `${links}/c` };
    const { url, server } = await standIn((_req, res) => void res.end(JSON.stringify(body)));
    const answer = await jobFrom(adapter(`${url}/proxy`).submit(requestFor('a fox'), signal)).catch(
      (error: ProviderFault) => error,
    );
    server.close().closeAllConnections();
    return answer instanceof ProviderFault ? answer : JSON.parse(JSON.stringify(answer).replaceAll(url, '<base>'));
  }

  test('to fal itself, behind a proxy, are moved onto the proxy', async () => {
    expect(await submitTo('https://queue.fal.run/fal-ai/x/requests/r')).toMatchObject({
      statusUrl: '<base>/proxy/fal-ai/x/requests/r/s',
      cancelUrl: '<base>/proxy/fal-ai/x/requests/r/c',
    });
  });

  test.each(['https://evil.example/requests/r', 'http://queue.fal.run.evil.example/r', 'javascript:alert(1)'])(
    'to %s are refused, for they would carry the key there',
    async (links) => {
      expect(await submitTo(links)).toMatchObject({ reason: 'provider_error', outcomeUnknown: true });
    },
  );

  test('to pictures are allowed on the hosts of fal, and on the host that stands in its place', () => {
    const fal = createFal({ key: 'secret' });
    for (const host of ['fal.media', 'v3.fal.media', 'v3b.fal.media']) expect(fal.allowsHost(host)).toBe(true);
    for (const host of ['notfal.media', 'fal.media.evil.example', 'fal.media:8443', 'localhost']) {
      expect(fal.allowsHost(host)).toBe(false);
    }
    expect(fal.allowsHost(fake.host)).toBe(false);
    expect(adapter().allowsHost(fake.host)).toBe(true);
    expect(adapter().allowsHost('127.0.0.1:1')).toBe(false);
  });
});

describe('a poll', () => {
  async function states(prompt: string, polls: number): Promise<string[]> {
    const fal = adapter();
    const job = await jobFrom(fal.submit(requestFor(prompt), signal));
    const seen: string[] = [];
    for (let poll = 0; poll < polls; poll += 1) {
      const status = await fal.poll(job, requestFor(prompt), signal).catch((error: unknown) => error);
      seen.push(status instanceof ProviderFault ? `fault: ${status.reason}` : (status as { state: string }).state);
    }
    return seen;
  }

  test('sees a job wait, run and end', async () => {
    expect(await states('a fox', 3)).toEqual(['queued', 'running', 'succeeded']);
  });

  test('that goes wrong is a fault that another poll may not have', async () => {
    expect(await states('__flaky__', 3)).toEqual(['fault: provider_error', 'fault: provider_error', 'succeeded']);
  });

  test('of a job that fal has lost says so', async () => {
    expect(await states('__lost__', 1)).toEqual(['failed']);
  });

  test('without an answer ends at its time limit', async () => {
    const { url, server } = await standIn(() => undefined);
    const links = { requestId: 'r', statusUrl: `${url}/s`, responseUrl: `${url}/r`, cancelUrl: `${url}/c` };
    const fault = await faultOf(adapter(url).poll(links, requestFor('a fox'), signal));
    expect(fault.reason).toBe('timeout');
    expect(await adapter(url).cancel(links, signal)).toBe('running_on');
    server.close().closeAllConnections();
  });

  test('gives the seed to the picture that it can make again', async () => {
    const fal = adapter();
    const request = requestFor('a fox', { count: 3, seed: 5 });
    const job = await jobFrom(fal.submit(request, signal));
    for (;;) {
      const status = await fal.poll(job, request, signal);
      if (status.state !== 'succeeded') continue;
      expect(status.outputs.map(({ seed }) => seed)).toEqual([5, null, null]);
      break;
    }
  });

  test.each([
    [[true, false, true], { state: 'succeeded', outputs: [{ url: 'https://fal.media/1', seed: null }], uncertain: 2 }],
    [[true, true, true], { state: 'failed', reason: 'moderated_output', billed: true }],
  ])('of pictures that are black (%j) leaves them out, and says that they may be billed', async (flags, expected) => {
    const images = flags.map((_flag, index) => ({ url: `https://fal.media/${index}` }));
    const result = { status: 'COMPLETED', images, seed: 5, has_nsfw_concepts: flags };
    const { url, server } = await standIn((_req, res) => void res.end(JSON.stringify(result)));
    const job = { requestId: 'r', statusUrl: `${url}/s`, responseUrl: `${url}/r`, cancelUrl: `${url}/c` };
    expect(await adapter(url).poll(job, requestFor('a fox'), signal)).toMatchObject(expected);
    server.close().closeAllConnections();
  });

  const flagged = {
    detail: [{ loc: ['body', 'prompt'], msg: 'flagged', type: 'content_policy_violation' }],
  };
  test.each<[what: string, status: number, body: object, units: string | null, billed: boolean]>([
    ['a refused prompt', 422, flagged, null, true],
    ['a refused prompt that fal counts', 422, flagged, '1.0', true],
    ['a refused prompt that fal does not count', 422, flagged, '0.0', false],
    [
      'a fault behind the model',
      400,
      { detail: [{ loc: ['body'], msg: '', type: 'downstream_service_error' }] },
      null,
      true,
    ],
    ['a success without pictures', 200, { images: [] }, null, true],
    ['a success that cannot be read', 200, { images: 'none' }, null, true],
    [
      'an error of the model',
      500,
      { detail: [{ loc: ['body'], msg: '', type: 'internal_server_error' }] },
      null,
      false,
    ],
    ['a job that was stopped', 499, { detail: 'cancelled', error_type: 'client_cancelled' }, null, false],
    ['a result that is gone', 404, { status: 'NOT_FOUND' }, null, false],
  ])('says of %s whether it may be billed', async (_what, code, body, units, billed) => {
    const { url, server } = await standIn((req, res) => {
      const isResult = req.url === '/r';
      const headers = isResult && units !== null ? { 'x-fal-billable-units': units } : {};
      res.writeHead(isResult ? code : 200, headers).end(JSON.stringify(isResult ? body : { status: 'COMPLETED' }));
    });
    const job = { requestId: 'r', statusUrl: `${url}/s`, responseUrl: `${url}/r`, cancelUrl: `${url}/c` };
    const status = await adapter(url).poll(job, requestFor('a fox'), signal);
    expect(status).toMatchObject({ state: 'failed', ...(billed && { billed }) });
    expect('billed' in status).toBe(billed);
    server.close().closeAllConnections();
  });

  test('slows down as a job goes on', () => {
    const delays = Array.from({ length: 20 }, (_, attempt) => adapter().pollDelay(attempt));
    expect(delays[0]).toBe(400);
    expect([...delays].sort((a, b) => a - b)).toEqual(delays);
    expect(delays.at(-1)).toBe(4_000);
  });
});

describe('a check', () => {
  test('names the paths that fal no longer knows', async () => {
    const paths = ['fal-ai/qwen-image', 'fal-ai/gone', ...Array.from({ length: 60 }, (_, n) => `fal-ai/model-${n}`)];
    expect(await adapter().check(paths, signal)).toEqual({
      access: 'accepted',
      balance: null,
      unknownPaths: ['fal-ai/gone'],
    });
  });

  test('says what is left, where the key is told', async () => {
    const admins = await startFakeFal({ key: 'admin-key' });
    const fal = createFal({ key: 'admin-key', baseUrl: admins.url });
    expect(await fal.check([], signal)).toEqual({ access: 'accepted', balance: '$24.50', unknownPaths: [] });
    await admins.close();
  });

  test('says that the key is refused, and that nobody answers', async () => {
    const wrong = createFal({ key: 'other', baseUrl: fake.url });
    expect(await wrong.check([], signal)).toMatchObject({ access: 'refused', unknownPaths: null });
    expect(await adapter('http://127.0.0.1:1').check([], signal)).toMatchObject({ access: 'unreachable' });
  });
});
