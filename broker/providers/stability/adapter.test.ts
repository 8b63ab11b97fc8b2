import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { createStability } from './adapter.ts';
import { type FakeStability, startFakeStability } from './fake-server.ts';

const { signal } = new AbortController();
const small = { width: 64, height: 48 };
const bytes = await sampleImage(small).png().toBuffer();
const picture = { bytes, contentType: 'image/png', ...small } as const;

let fake: FakeStability;
beforeEach(async () => {
  fake = await startFakeStability('secret');
});
afterEach(() => fake.close());

function adapter(key = 'secret', baseUrl = fake.url) {
  return createStability({ key, baseUrl, timeouts: { picture: 2_000, ask: 2_000 } });
}

function submit(path: string, changes: Partial<Settings> = {}, more: Partial<ProviderRequest> = {}, key = 'secret') {
  const settings = { size: { kind: 'ratio', ratio: '1:1', tier: 'standard' } as const, ...changes };
  const route = { provider: 'stability', path: `/v2beta/stable-image${path}` } as const;
  const size = { width: 256, height: 256 };
  return adapter(key).submit(requestFor(route, settings, { size, ...more }), signal);
}

test('the picture lies in the answer, with the seed that made it; a seed that is chosen for us is told too', async () => {
  expect(await submit('/generate/core', { seed: 7 })).toMatchObject({ state: 'succeeded', outputs: [{ seed: 7 }] });
  expect(await submit('/generate/core')).toMatchObject({ outputs: [{ seed: 343_940_597 }] });
});

test.each<[path: string, more: Partial<ProviderRequest>]>([
  ['/generate/ultra', { references: [picture] }],
  ['/generate/sd3?model=sd3.5-large', {}],
  ['/generate/sd3?model=sd3.5-large', { references: [picture] }],
  ['/upscale/fast', { references: [picture] }],
  ['/upscale/conservative', { references: [picture] }],
  ['/edit/remove-background', { references: [picture] }],
  ['/edit/inpaint', { references: [picture], mask: picture }],
])('%s accepts what it is sent', async (path, more) => {
  expect(await submit(path, { seed: 7, negativePrompt: 'text' }, more)).toMatchObject({ state: 'succeeded' });
  expect(fake.taken).toHaveLength(1);
});

test('a picture that was filtered is held back, although the answer has one', async () => {
  await expect(submit('/generate/core', { prompt: '__nsfw_output__' })).rejects.toMatchObject({
    reason: 'moderated_output',
    outcomeUnknown: false,
  });
});

test('the key goes as a bearer’s, and no link is ever followed', async () => {
  await expect(submit('/generate/core', {}, {}, 'other')).rejects.toMatchObject({ reason: 'auth' });
  expect(fake.taken).toHaveLength(0);
  expect(adapter().allowsHost('api.stability.ai')).toBe(false);
});

test('a check says whether the key is let in, and what is left', async () => {
  expect(await adapter().check([], signal)).toEqual({
    access: 'accepted',
    balance: '412.5 credits',
    unknownPaths: null,
  });
  expect(await adapter('other').check([], signal)).toMatchObject({ access: 'refused' });
  expect(await adapter('secret', 'http://127.0.0.1:1').check([], signal)).toMatchObject({ access: 'unreachable' });
});
