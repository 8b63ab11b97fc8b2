import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { Delivery, ProviderRequest, ProviderStatus, Submission } from '../provider.ts';
import { jobFrom, requestFor } from '../test-request.ts';
import { createGoogle } from './adapter.ts';
import { type FakeGoogle, startFakeGoogle } from './fake-server.ts';

const { signal } = new AbortController();

let fake: FakeGoogle;
beforeEach(async () => {
  fake = await startFakeGoogle('secret');
});
afterEach(() => fake.close());

function adapter(key = 'secret', baseUrl = fake.url) {
  return createGoogle({ key, baseUrl, timeouts: { picture: 2_000, ask: 2_000 } });
}

function picture(prompt: string, changes: Partial<Settings> = {}, more: Partial<ProviderRequest> = {}) {
  const size = { kind: 'ratio', ratio: '1:1', tier: '1K' } as const;
  return requestFor({ provider: 'google', path: 'gemini-nano-banana-2.1' }, { prompt, size, ...changes }, more);
}

function video(prompt: string) {
  const size = { kind: 'ratio', ratio: '16:9', tier: '720p' } as const;
  return requestFor({ provider: 'google', path: 'veo-3.1-generate-preview' }, { prompt, size, duration: 4 });
}

function delivered(submission: Submission): Delivery {
  if (submission.state !== 'succeeded') throw new Error('not delivered');
  return submission;
}

describe('a picture', () => {
  test('comes with the answer, and the draft among the thoughts is left out', async () => {
    const { outputs } = delivered(await adapter().submit(picture('a fox'), signal));
    expect(outputs).toHaveLength(1);
    const [output] = outputs;
    if (!output || !('bytes' in output)) throw new Error('no bytes');
    expect(Buffer.from(output.bytes).subarray(1, 4).toString()).toBe('PNG');
    expect(output.seed).toBeNull();
  });

  test('is one call each, and the tokens of all calls are what the batch costs; thoughts are text', async () => {
    const bytes = new Uint8Array([1]);
    const references = [{ bytes, contentType: 'image/png', width: 8, height: 8 } as const];
    const { outputs, cost } = delivered(await adapter().submit(picture('a fox', { count: 2 }, { references }), signal));
    expect(fake.taken).toHaveLength(2);
    expect(outputs).toHaveLength(2);
    expect(cost).toEqual({ kind: 'tokens', textIn: 24, imageIn: 1_120, textOut: 2 * (7 + 90), imageOut: 2_240 });
  });

  test('is asked for with the key in its own header', async () => {
    await expect(adapter('other').submit(picture('a fox'), signal)).rejects.toMatchObject({
      reason: 'auth',
      outcomeUnknown: false,
    });
    expect(fake.taken).toHaveLength(0);
  });

  test('by a model whose fields are not known is not asked for', async () => {
    const request = requestFor({ provider: 'google', path: 'gemini-unknown' });
    await expect(adapter().submit(request, signal)).rejects.toMatchObject({
      reason: 'model_gone',
      outcomeUnknown: false,
    });
  });

  test('that is refused is refused, although the answer is a success', async () => {
    for (const [word, reason] of [
      ['__moderate__', 'moderated_input'],
      ['__nsfw_output__', 'moderated_output'],
      ['__no_pictures__', 'provider_error'],
    ]) {
      await expect(adapter().submit(picture(`${word}`), signal)).rejects.toMatchObject({
        reason,
        outcomeUnknown: false,
      });
    }
  });
});

describe('a video', () => {
  async function ending(prompt: string): Promise<ProviderStatus> {
    const google = adapter();
    const job = await jobFrom(google.submit(video(prompt), signal));
    for (;;) {
      const status = await google.poll(job, video(prompt), signal);
      if (status.state === 'succeeded' || status.state === 'failed') return status;
      expect(status).toEqual({ state: 'running', progress: null });
    }
  }

  test('is fetched with the key, by a link that is moved onto the host in Google’s place', async () => {
    const status = await ending('a fox');
    expect(status).toMatchObject({
      state: 'succeeded',
      outputs: [{ seed: null, credentials: { 'x-goog-api-key': 'secret' } }],
    });
    const [output] = status.state === 'succeeded' ? status.outputs : [];
    expect(output && 'url' in output && output.url).toMatch(new RegExp(`^${fake.url}/v1beta/files/.*alt=media$`));
  });

  test.each([
    ['__nsfw_output__', 'moderated_output'],
    ['__moderate__', 'moderated_input'],
    ['__moderate_reference__', 'moderated_reference'],
    ['__invalid__', 'invalid_input'],
    ['__fail__', 'provider_error'],
    ['__downstream__', 'capacity'],
    ['__model_timeout__', 'timeout'],
    ['__no_pictures__', 'provider_error'],
    ['__lost__', 'provider_error'],
  ])('%s ends as %s', async (word, reason) => {
    expect(await ending(word)).toMatchObject({ state: 'failed', reason });
  });

  test('whose answer breaks off can be asked about again', async () => {
    const google = adapter();
    const job = await jobFrom(google.submit(video('__flaky__'), signal));
    await expect(google.poll(job, video('__flaky__'), signal)).rejects.toMatchObject({ outcomeUnknown: false });
    await expect(google.poll(job, video('__flaky__'), signal)).rejects.toMatchObject({ outcomeUnknown: false });
    expect((await google.poll(job, video('__flaky__'), signal)).state).toBe('succeeded');
  });

  test('whose answer is lost may be in the making, and cannot be stopped', async () => {
    await expect(adapter().submit(video('__cut_accept__'), signal)).rejects.toMatchObject({ outcomeUnknown: true });
    expect(fake.taken).toHaveLength(1);
    const job = await jobFrom(adapter().submit(video('__slow__'), signal));
    expect(await adapter().cancel(job, signal)).toBe('running_on');
  });
});

test('the key goes to Google’s API alone, and files may come from there and from its file store', () => {
  const google = createGoogle({ key: 'secret' });
  for (const host of ['generativelanguage.googleapis.com', 'storage.googleapis.com']) {
    expect(google.allowsHost(host)).toBe(true);
  }
  for (const host of ['googleapis.com', 'evil.googleapis.com.example', fake.host]) {
    expect(google.allowsHost(host)).toBe(false);
  }
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

describe('a check', () => {
  test('reads every page of the list, and names the models that are not in it', async () => {
    const paths = ['gemini-3-pro-image', 'gemini-nano-banana-2.1', 'veo-3.1-lite-generate-preview'];
    expect(await adapter().check(paths, signal)).toEqual({
      access: 'accepted',
      balance: null,
      unknownPaths: ['veo-3.1-lite-generate-preview'],
    });
  });

  test('says that the key is refused, and that nobody answers', async () => {
    expect(await adapter('other').check([], signal)).toMatchObject({ access: 'refused', unknownPaths: null });
    expect(await adapter('secret', 'http://127.0.0.1:1').check([], signal)).toMatchObject({ access: 'unreachable' });
  });
});
