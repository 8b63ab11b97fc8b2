import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { ProviderStatus } from '../provider.ts';
import { jobFrom, requestFor } from '../test-request.ts';
import { createBytePlus } from './adapter.ts';
import { type FakeBytePlus, startFakeBytePlus } from './fake-server.ts';

const { signal } = new AbortController();

let fake: FakeBytePlus;
beforeEach(async () => {
  fake = await startFakeBytePlus('secret');
});
afterEach(() => fake.close());

function adapter(key = 'secret', baseUrl = fake.url) {
  return createBytePlus({ key, baseUrl, timeouts: { picture: 2_000, ask: 2_000 } });
}

function picture(prompt: string, changes: Partial<Settings> = {}, path = 'seedream-4-0-250828') {
  const size = { width: 1_280, height: 720 };
  return requestFor(
    { provider: 'byteplus', path },
    { prompt, size: { kind: 'pixels', ...size }, ...changes },
    { size },
  );
}

function film(prompt: string) {
  const size = { kind: 'ratio', ratio: '16:9', tier: '480p' } as const;
  return requestFor({ provider: 'byteplus', path: 'dreamina-seedance-2-0-260128' }, { prompt, size, duration: 4 });
}

describe('a picture', () => {
  test('is one call each, which says which seed made it', async () => {
    const answer = await adapter().submit(picture('a fox', { count: 3, seed: 5 }), signal);
    expect(fake.taken.map(({ seed }) => seed)).toEqual(expect.arrayContaining([5, 6, 7]));
    expect(answer.state === 'succeeded' && answer.outputs.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  });

  test('by the models that refuse what they do not know is made all the same', async () => {
    for (const path of ['seedream-5-0-pro-260628', 'seedream-5-0-flash-260915']) {
      expect(await adapter().submit(picture('a fox', {}, path), signal)).toMatchObject({ state: 'succeeded' });
    }
  });

  test('that fails within a success is refused with its own reason', async () => {
    const calls = adapter().submit(picture('__partial__', { count: 3 }), signal);
    expect(await calls).toMatchObject({ outputs: [{ seed: null }, { seed: null }] });
    await expect(adapter().submit(picture('__partial__'), signal)).rejects.toMatchObject({
      reason: 'moderated_output',
      outcomeUnknown: false,
    });
  });

  test('is asked for with the key as a bearer’s, and not at all where its fields are not known', async () => {
    await expect(adapter('other').submit(picture('a fox'), signal)).rejects.toMatchObject({ reason: 'auth' });
    await expect(adapter().submit(picture('a fox', {}, 'seedream-9'), signal)).rejects.toMatchObject({
      reason: 'model_gone',
      outcomeUnknown: false,
    });
    expect(fake.taken).toHaveLength(0);
  });
});

describe('a video', () => {
  async function started(prompt: string) {
    const request = film(prompt);
    const job = await jobFrom(adapter().submit(request, signal));
    return { job, poll: () => adapter().poll(job, request, signal), cancel: () => adapter().cancel(job, signal) };
  }

  async function ending(prompt: string): Promise<ProviderStatus> {
    const { poll } = await started(prompt);
    for (;;) {
      const status = await poll();
      if (status.state === 'succeeded' || status.state === 'failed') return status;
    }
  }

  test('waits, runs and ends with a link and a seed', async () => {
    const { poll } = await started('a fox');
    expect([(await poll()).state, (await poll()).state]).toEqual(['queued', 'running']);
    expect(await poll()).toEqual({
      state: 'succeeded',
      outputs: [{ url: expect.stringMatching(new RegExp(`^http://${fake.host}/files/.*mp4$`)), seed: 7 }],
    });
  });

  test.each([
    ['__nsfw_output__', 'moderated_output'],
    ['__fail__', 'provider_error'],
    ['__downstream__', 'provider_error'],
    ['__model_timeout__', 'timeout'],
    ['__no_pictures__', 'provider_error'],
    ['__lost__', 'provider_error'],
  ])('%s ends as %s', async (word, reason) => {
    expect(await ending(word)).toMatchObject({ state: 'failed', reason });
  });

  test.each([
    ['__moderate__', 'moderated_input'],
    ['__moderate_reference__', 'moderated_reference'],
    ['__402__', 'out_of_balance'],
  ])('%s is refused before it begins, as %s', async (word, reason) => {
    await expect(adapter().submit(film(word), signal)).rejects.toMatchObject({ reason, outcomeUnknown: false });
    expect(fake.taken).toHaveLength(0);
  });

  test('whose answer is lost may be in the making', async () => {
    await expect(adapter().submit(film('__cut_accept__'), signal)).rejects.toMatchObject({ outcomeUnknown: true });
    expect(fake.taken).toHaveLength(1);
  });

  test('is stopped while it waits, runs on once it runs, and keeps its result once it has ended', async () => {
    const waiting = await started('__queued__');
    expect(await waiting.cancel()).toBe('cancelled');
    expect(await waiting.poll()).toMatchObject({ state: 'failed', reason: 'cancelled' });
    const running = await started('__slow__');
    await running.poll();
    expect(await running.cancel()).toBe('running_on');
    const ended = await started('__quick__');
    await ended.poll();
    expect(await ended.cancel()).toBe('running_on');
    expect((await ended.poll()).state).toBe('succeeded');
  });

  test('that cannot be asked about counts as running on', async () => {
    const { job } = await started('a fox');
    expect(await adapter('secret', 'http://127.0.0.1:1/api/v3').cancel(job, signal)).toBe('running_on');
  });
});

test('videos may come from ByteDance’s own buckets, and from the host in its place', () => {
  const byteplus = createBytePlus({ key: 'secret' });
  const bucket = 'ark-content-generation-ap-southeast-1.tos-ap-southeast-1';
  for (const host of [`${bucket}.volces.com`, `${bucket}.bytepluses.com`]) expect(byteplus.allowsHost(host)).toBe(true);
  for (const host of ['evil.tos-ap-southeast-1.volces.com', `${bucket}.volces.com.example`, 'volces.com', fake.host]) {
    expect(byteplus.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check says whether the key is let in', async () => {
  expect(await adapter().check(['x'], signal)).toEqual({ access: 'accepted', balance: null, unknownPaths: null });
  expect(await adapter('other').check([], signal)).toMatchObject({ access: 'refused' });
  expect(await adapter('secret', 'http://127.0.0.1:1').check([], signal)).toMatchObject({ access: 'unreachable' });
});
