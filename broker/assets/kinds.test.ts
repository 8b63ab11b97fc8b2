import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFal } from '../providers/fal/adapter.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { falRequest } from '../providers/fal/test-input.ts';
import type { Provider, ProviderRequest } from '../providers/provider.ts';
import { createRunway } from '../providers/runway/adapter.ts';
import { type FakeRunway, startFakeRunway } from '../providers/runway/fake-server.ts';
import { endOf, pictureOf, requestFor } from '../providers/test-request.ts';
import { type Assets, createAssets } from './assets.ts';
import { createDiskStore } from './disk-store.ts';

const { signal } = new AbortController();

let folder: string;
let fal: FakeFal;
let runway: FakeRunway;
let assets: Assets;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-kinds-'));
  [fal, runway] = await Promise.all([startFakeFal(), startFakeRunway()]);
  const fetch = { operatorHosts: new Set([fal.host, runway.host]), limits: { retries: 0 } };
  assets = createAssets({ store: createDiskStore(folder), fetch });
});
afterAll(async () => {
  await Promise.all([fal.close(), runway.close(), rm(folder, { recursive: true })]);
});

const picture = await pictureOf({ width: 160, height: 160 });
const references = [picture];

/** Takes a request through its provider and in. */
async function taken(provider: Provider, request: ProviderRequest) {
  const status = await endOf(provider, request);
  const [output] = status.state === 'succeeded' ? status.outputs : [];
  if (!output) throw new Error(JSON.stringify(status));
  const { generationId, size: expected, settings } = request;
  const video = settings.duration === undefined ? undefined : { seconds: settings.duration };
  return assets.receive(output, { expected, video, provider, target: { generationId, index: 0 }, signal });
}

const onFal = (request: ProviderRequest) => taken(createFal({ key: 'test-key', baseUrl: fal.url }), request);

test('a picture twice as large as the one that went in', async () => {
  const settings = { prompt: '', factor: 2 };
  expect(await onFal(falRequest('topaz-image-upscale', settings, { references }))).toMatchObject({ width: 320 });
});

test('a picture without its background, of a size that only the model knows', async () => {
  const request = falRequest('bria-rmbg-2', { prompt: '' }, { references });
  expect(await onFal(request)).toMatchObject({ width: 160, height: 160 });
});

test('a picture that is painted into, in another shape than the one that went in', async () => {
  const settings = { quality: 'TURBO', size: { kind: 'ratio', ratio: '16:9', tier: '1K' } } as const;
  const { width, height } = await onFal(falRequest('ideogram-v3', settings, { references, mask: picture }));
  expect(width / height).toBeCloseTo(16 / 9, 1);
});

test('a video of words, and one that begins with a picture of another shape', async () => {
  expect(await onFal(falRequest('kling-3-pro', { duration: 3 }))).toMatchObject({ kind: 'video' });
  expect(await onFal(falRequest('wan-2-7', { duration: 2 }, { references }))).toMatchObject({ kind: 'video' });
});

test('a video of Runway’s, as long and in the shape that was asked', async () => {
  const size = { width: 720, height: 1_280 };
  const settings = { size: { kind: 'pixels', ...size }, duration: 2 } as const;
  const request = requestFor({ provider: 'runway', path: 'gen4_turbo' }, settings, { size, references });
  const provider = createRunway({ key: 'test-key', baseUrl: runway.url });
  expect(await taken(provider, request)).toMatchObject({ kind: 'video' });
});
