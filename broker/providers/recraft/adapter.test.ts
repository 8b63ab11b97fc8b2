import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { createRecraft } from './adapter.ts';
import { type FakeRecraft, startFakeRecraft } from './fake-server.ts';

const { signal } = new AbortController();
const size = { width: 1_024, height: 1_024 };
const small = { width: 64, height: 48 };
const bytes = await sampleImage(small).png().toBuffer();
const picture = { bytes, contentType: 'image/png', ...small } as const;

let fake: FakeRecraft;
beforeEach(async () => {
  fake = await startFakeRecraft('secret');
});
afterEach(() => fake.close());

function adapter(key = 'secret', baseUrl = fake.url) {
  return createRecraft({ key, baseUrl, timeouts: { picture: 2_000, ask: 2_000 } });
}

function submit(path: string, changes: Partial<Settings> = {}, more: Partial<ProviderRequest> = {}, key = 'secret') {
  const settings = { size: { kind: 'pixels', ...size } as const, ...changes };
  return adapter(key).submit(requestFor({ provider: 'recraft', path }, settings, { size, ...more }), signal);
}

test('a batch is one call, with one seed, and costs the credits that it names', async () => {
  const answer = await submit('recraftv3', { count: 3, seed: 5 });
  expect(fake.taken).toHaveLength(1);
  expect(answer).toMatchObject({
    state: 'succeeded',
    outputs: [{ seed: 5 }, { seed: null }, { seed: null }],
    cost: { kind: 'credits', credits: 105, usdPerCredit: 0.001 },
  });
});

test.each([
  ['crispUpscale', 4, { references: [picture] }],
  ['creativeUpscale', 250, { references: [picture] }],
  ['removeBackground', 10, { references: [picture] }],
  ['vectorize', 10, { references: [picture] }],
  ['eraseRegion', 2, { references: [picture], mask: picture }],
])('%s takes a picture and gives one, for %d credits', async (name, credits, more) => {
  const answer = await submit(`/v1/images/${name}`, { prompt: '' }, { ...more, size: null });
  expect(fake.taken.map(({ endpoint }) => endpoint)).toEqual([`/images/${name}`]);
  expect(answer).toMatchObject({ outputs: [{ seed: null }], cost: { credits } });
});

test('a drawing comes as SVG', async () => {
  const answer = await submit('recraftv4_vector', { size: { kind: 'auto' } }, { size: null });
  const [output] = answer.state === 'succeeded' ? answer.outputs : [];
  if (!output || !('bytes' in output)) throw new Error('no bytes');
  expect(Buffer.from(output.bytes).toString()).toMatch(/^<svg.*<\/svg>$/s);
});

test('a picture and its mask are accepted as Recraft wants them', async () => {
  await submit('recraftv3', {}, { references: [picture] });
  await submit('recraftv3', {}, { references: [picture], mask: picture });
  expect(fake.taken.map(({ endpoint }) => endpoint)).toEqual(['/images/imageToImage', '/images/inpaint']);
});

test('the token goes as a bearer’s', async () => {
  await expect(submit('recraftv3', {}, {}, 'other')).rejects.toMatchObject({ reason: 'auth', outcomeUnknown: false });
  expect(fake.taken).toHaveLength(0);
});

test('pictures may come from Recraft’s own host, and from the one in its place', () => {
  const recraft = createRecraft({ key: 'secret' });
  expect(recraft.allowsHost('img.recraft.ai')).toBe(true);
  for (const host of ['recraft.ai', 'img.recraft.ai.example', fake.host]) expect(recraft.allowsHost(host)).toBe(false);
  expect(adapter().allowsHost(fake.host)).toBe(true);
});

test('a check says whether the token is let in, and what is left', async () => {
  expect(await adapter().check([], signal)).toEqual({
    access: 'accepted',
    balance: '940 API units',
    unknownPaths: null,
  });
  expect(await adapter('other').check([], signal)).toMatchObject({ access: 'refused' });
  expect(await adapter('secret', 'http://127.0.0.1:1').check([], signal)).toMatchObject({ access: 'unreachable' });
});
