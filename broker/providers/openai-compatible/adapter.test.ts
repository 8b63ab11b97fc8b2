import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import { startFakeHost } from '../fake-host.ts';
import { ProviderFault, type ProviderOutput, type ProviderRequest } from '../provider.ts';
import { requestFor } from '../test-request.ts';
import { createOpenAICompatible } from './adapter.ts';
import { readRefusal } from './errors.ts';
import { type FakeCompatible, startFakeCompatible } from './fake-server.ts';

const { signal } = new AbortController();
const ENDPOINT = '/v1/images/generations';
const timeouts = { submit: 5_000, ask: 2_000 };

let sdServer: FakeCompatible;
let localAI: FakeCompatible;
beforeEach(async () => {
  sdServer = await startFakeCompatible({ accent: 'sd-server' });
  localAI = await startFakeCompatible({ accent: 'LocalAI', key: 'secret' });
});
afterEach(async () => {
  await sdServer.close();
  await localAI.close();
});

function request(prompt = 'a fox', path = ENDPOINT, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  return requestFor({ provider: 'openai-compatible', path }, { prompt }, changes);
}

async function outputs(adapter: ReturnType<typeof createOpenAICompatible>, asked: ProviderRequest) {
  const submission = await adapter.submit(asked, signal);
  if (submission.state !== 'succeeded') throw new Error('it has jobs');
  return submission.outputs;
}

describe('a submit', () => {
  test('sends the least that every such server understands', async () => {
    const adapter = createOpenAICompatible({ baseUrl: sdServer.url, timeouts });
    await outputs(adapter, request());
    const { settings, ...more } = request();
    await outputs(adapter, { ...more, settings: { ...settings, count: 2, seed: 7 } });
    expect(sdServer.taken).toEqual([
      { prompt: 'a fox', size: '320x256' },
      { prompt: 'a fox', size: '320x256', n: 2 },
    ]);
  });

  test('takes bytes from sd-server, without a key, under an address with /v1 or without', async () => {
    for (const baseUrl of [sdServer.url, `${sdServer.url}/v1`, `${sdServer.url}/v1/`]) {
      const [output] = await outputs(createOpenAICompatible({ baseUrl, timeouts }), request());
      expect(output).toMatchObject({ bytes: expect.any(Uint8Array), seed: null });
    }
  });

  test('takes a link from LocalAI, which is followed without the key', async () => {
    const adapter = createOpenAICompatible({ baseUrl: localAI.url, key: 'secret', timeouts });
    expect(await outputs(adapter, request())).toEqual([{ url: `${localAI.url}/generated-images/0.png`, seed: null }]);
    expect(adapter.allowsHost(localAI.host)).toBe(true);
    expect(adapter.allowsHost(sdServer.host)).toBe(false);
  });

  test('names the model where the catalogue does', async () => {
    const adapter = createOpenAICompatible({ baseUrl: localAI.url, key: 'secret', timeouts });
    await outputs(adapter, request('a fox', 'flux.1-dev'));
    expect(localAI.taken).toEqual([{ model: 'flux.1-dev', prompt: 'a fox', size: '320x256' }]);
  });

  test.each<[what: string, picture: Record<string, unknown>, output: (url: string) => Partial<ProviderOutput>]>([
    ['a path alone', { url: '/files/1.png' }, (url) => ({ url: `${url}/files/1.png` })],
    ['a link to elsewhere', { url: 'https://x.example/1.png' }, () => ({ url: 'https://x.example/1.png' })],
    ['bytes in a link', { url: 'data:image/png;base64,AAAA' }, () => ({ bytes: Buffer.from([0, 0, 0]) })],
  ])('takes %s', async (_what, picture, output) => {
    const fake = await startFakeHost(async (_req, res) => res.end(JSON.stringify({ data: [picture] })));
    const adapter = createOpenAICompatible({ baseUrl: fake.url, key: 'k', timeouts });
    const [taken] = await outputs(adapter, request());
    expect(taken).toMatchObject(output(fake.url));
    expect(taken).not.toHaveProperty('credentials');
    await fake.close();
  });

  test.each<[why: string, request: ProviderRequest, reason: string]>([
    ['to another endpoint', request('a fox', '/v1/images/edits'), 'model_gone'],
    [
      'with pictures',
      request('a fox', ENDPOINT, {
        references: [{ bytes: new Uint8Array(), width: 1, height: 1, contentType: 'image/png' }],
      }),
      'invalid_input',
    ],
  ])('nothing is sent %s', async (_why, asked, reason) => {
    const fault = await createOpenAICompatible({ baseUrl: sdServer.url })
      .submit(asked, signal)
      .catch((error) => error);
    expect(fault).toBeInstanceOf(ProviderFault);
    expect(fault).toMatchObject({ reason, outcomeUnknown: false });
    expect(sdServer.taken).toHaveLength(0);
  });
});

test('errors are read in every accent', () => {
  expect(readRefusal(400, { error: 'prompt required' })).toEqual({
    reason: 'invalid_input',
    cause: '400 prompt required',
  });
  expect(readRefusal(500, { error: { code: 500, message: 'no backend', type: '' } })).toEqual({
    reason: 'provider_error',
    cause: '500 500 no backend',
  });
  expect(readRefusal(429, { error: { code: 'insufficient_quota', message: 'no money' } }).reason).toBe(
    'out_of_balance',
  );
  expect(readRefusal(502, null)).toEqual({ reason: 'provider_error', cause: '502' });
});

test('every path of the catalogue is served, and models by their name', () => {
  const adapter = createOpenAICompatible({ baseUrl: sdServer.url });
  const paths = builtInModels().flatMap(({ routes }) =>
    routes.filter(({ provider }) => provider === 'openai-compatible').map(({ path }) => path),
  );
  expect(paths.map((path) => adapter.serves(path))).toEqual(paths.map(() => []));
  expect(paths.length).toBeGreaterThan(0);
  expect(adapter.serves('flux.1-dev')).toEqual([]);
  expect(adapter.serves('/v1/images/edits')).toBeNull();
});

test('a check asks which models there are', async () => {
  const adapter = createOpenAICompatible({ baseUrl: localAI.url, key: 'secret', timeouts });
  expect(await adapter.check([ENDPOINT, 'flux.1-dev', 'gone'], signal)).toEqual({
    access: 'accepted',
    balance: null,
    unknownPaths: ['gone'],
  });
  const wrong = createOpenAICompatible({ baseUrl: localAI.url, timeouts });
  expect(await wrong.check([], signal)).toMatchObject({ access: 'refused' });
  const nobody = createOpenAICompatible({ baseUrl: 'http://127.0.0.1:1', timeouts });
  expect(await nobody.check([], signal)).toMatchObject({ access: 'unreachable' });
});
