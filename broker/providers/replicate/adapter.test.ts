import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import { endOf, faultOf, jobFrom, requestFor, unserved } from '../test-request.ts';
import { createReplicate } from './adapter.ts';
import { type FakeReplicate, startFakeReplicate } from './fake-server.ts';

const { signal } = new AbortController();
const size = { kind: 'ratio', ratio: '9:21', tier: 'standard' } as const;

let fake: FakeReplicate;
beforeEach(async () => {
  fake = await startFakeReplicate({ key: 'secret' });
});
afterEach(() => fake.close());

function adapter(options: Partial<Parameters<typeof createReplicate>[0]> = {}) {
  return createReplicate({ key: 'secret', baseUrl: fake.url, timeouts: { submit: 1_500, ask: 1_500 }, ...options });
}

function photon(prompt: string) {
  return requestFor({ provider: 'replicate', path: 'luma/photon' }, { prompt, size, seed: 7 });
}

test('every route of the catalogue is served, with its own fields and no others', async () => {
  expect(unserved(builtInModels(), adapter())).toEqual([]);
  await adapter().submit(photon('a fox'), signal);
  expect(fake.jobs.all[0]).toMatchObject({ path: 'luma/photon', webhook: null });
  expect(fake.jobs.all[0]?.input).toEqual({ prompt: 'a fox', aspect_ratio: '9:21' });
});

test.each(['luma/unknown', 'constructor'])('nothing is sent to %j, whose fields are not known', async (path) => {
  expect(adapter().serves(path)).toBeNull();
  const fault = await faultOf(adapter().submit(requestFor({ provider: 'replicate', path }), signal));
  expect(fault).toMatchObject({ reason: 'model_gone', outcomeUnknown: false });
  expect(fake.jobs.all).toHaveLength(0);
});

test('the key goes in a bearer header, and a wrong one is refused', async () => {
  const fault = await faultOf(adapter({ key: 'other' }).submit(photon('a fox'), signal));
  expect(fault).toMatchObject({ reason: 'auth', outcomeUnknown: false });
});

test('an output is one address or several, and after an hour there is none', async () => {
  expect(await endOf(adapter(), photon('a fox'))).toMatchObject({ outputs: [{ seed: null }] });
  expect(await endOf(adapter(), photon('__array__'))).toMatchObject({ outputs: [{ seed: null }, { seed: null }] });
  expect(await endOf(adapter(), photon('__removed__'))).toMatchObject({ state: 'failed', reason: 'provider_error' });
});

test('no cost is reported, because it names none', async () => {
  expect(await endOf(adapter(), photon('a fox'))).not.toHaveProperty('cost');
});

test('only the end is told by webhook', async () => {
  const webhookUrl = 'https://broker.example/hooks/replicate/01jd';
  await jobFrom(adapter().submit({ ...photon('a fox'), webhookUrl }, signal));
  expect(fake.jobs.all[0]?.webhook).toBe(webhookUrl);
});

test('pictures are fetched from the hosts of Replicate, and from the one that stands in its place', () => {
  const replicate = createReplicate({ key: 'secret' });
  for (const host of ['replicate.delivery', 'pbxt.replicate.delivery']) expect(replicate.allowsHost(host)).toBe(true);
  for (const host of ['api.replicate.com', 'notreplicate.delivery', 'replicate.delivery.evil.example', fake.host]) {
    expect(replicate.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check names the models that are gone', async () => {
  expect(await adapter().check(['luma/photon', 'luma/gone'], signal)).toEqual({
    access: 'accepted',
    balance: null,
    unknownPaths: ['luma/gone'],
  });
  expect(await adapter({ key: 'other' }).check([], signal)).toMatchObject({ access: 'refused' });
  expect(await adapter({ baseUrl: 'http://127.0.0.1:1' }).check([], signal)).toMatchObject({ access: 'unreachable' });
});
