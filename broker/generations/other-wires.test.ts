import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UploadedPicture } from '../../shared/api/assets.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { type FakeGoogle, startFakeGoogle } from '../providers/google/fake-server.ts';
import { type FakeRecraft, startFakeRecraft } from '../providers/recraft/fake-server.ts';
import { sampleImage } from '../providers/sample-image.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

let google: FakeGoogle;
let recraft: FakeRecraft;
let broker: TestBroker;
let ada: Person;

beforeAll(async () => {
  [google, recraft] = await Promise.all([startFakeGoogle('google-key'), startFakeRecraft('recraft-key')]);
  broker = await startTestBroker({
    GEMINI_API_KEY: 'google-key',
    GEMINI_BASE_URL: google.url,
    RECRAFT_API_TOKEN: 'recraft-key',
    RECRAFT_BASE_URL: recraft.url,
  });
  ada = await broker.person(20);
});
afterAll(() => Promise.all([broker?.stop(), google?.close(), recraft?.close()]));

async function upload(image: Sharp): Promise<UploadedPicture> {
  const body = new Uint8Array(await image.png().toBuffer());
  const answer = await ada.request('/v1/assets', { method: 'POST', body, headers: { 'Content-Type': 'image/png' } });
  return UploadedPicture.parse(await answer.json());
}

/** Generates, and waits for the end. */
async function generate(modelId: string, settings: Partial<Settings>) {
  const all: Settings = { prompt: 'a fox', count: 1, size: { kind: 'auto' }, ...settings };
  const { generation } = await ada.generate(modelId, all);
  await expect
    .poll(async () => (await ada.read(generation.id)).generation.state, { timeout: 20_000 })
    .toBe('succeeded');
  const ended = (await ada.read(generation.id)).generation;
  return {
    ...ended,
    async bytesAt(path: string) {
      const answer = await ada.request(`/v1/generations/${generation.id}/outputs/0${path}`);
      return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
    },
  };
}

test('a drawing arrives as a picture that Figma can read and as the SVG itself, for the credits that its provider names', async () => {
  const { ceiling, charged, outputs, bytesAt } = await generate('recraft-v4-vector', {});
  expect(outputs).toMatchObject([{ kind: 'image', contentType: 'image/png', width: 2_048, height: 2_048 }]);
  expect([ceiling, charged]).toEqual([2_000, 900]);
  const picture = await bytesAt('');
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(await sharp(picture.bytes).metadata()).toMatchObject({ format: 'png', width: 2_048 });
  const drawing = await bytesAt('/original');
  expect(Object.fromEntries(drawing.headers)).toMatchObject({
    'content-type': 'image/svg+xml',
    'content-disposition': 'attachment; filename="drawing.svg"',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
  expect(drawing.bytes.toString()).toMatch(/^<svg.*<\/svg>$/s);
});

test('a thing is erased from a picture that was handed in, where its mask is white', async () => {
  const size = { width: 320, height: 256 };
  const spot = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  const mask = sharp({ create: { ...size, channels: 3, background: '#000' } }).composite([{ input: spot }]);
  const [picture, painted] = await Promise.all([upload(sampleImage(size)), upload(mask)]);
  const { charged, outputs } = await generate('recraft-erase-region', {
    prompt: '',
    references: [picture],
    mask: painted,
  });
  // 2 units of $0.001, and the margin: $0.0025 are 0.05 credits, of which the least step is 0.1.
  expect(charged).toBe(100);
  expect(outputs).toMatchObject([size]);
  expect(recraft.taken.at(-1)?.files.map(({ field }) => field)).toEqual(['image', 'mask']);
});

test('several pictures by a provider that makes one a call are one generation, and each is paid for', async () => {
  const size = { kind: 'ratio', ratio: '1:1', tier: '1K' } as const;
  const { charged, ceiling, outputs } = await generate('nano-banana-pro', { count: 2, size });
  expect(google.taken).toHaveLength(2);
  expect(outputs).toHaveLength(2);
  expect(charged).toBe(ceiling);
});

test('a video behind the operator’s key arrives, though its link needs the key and sends on', async () => {
  const size = { kind: 'ratio', ratio: '9:16', tier: '720p' } as const;
  const { charged, outputs, bytesAt } = await generate('veo-3-1-lite', { prompt: '__quick__', size, duration: 4 });
  expect(charged).toBe(5_000);
  expect(outputs).toMatchObject([{ kind: 'video', contentType: 'video/mp4', seconds: 4 }]);
  expect((await bytesAt('')).bytes.subarray(4, 8).toString()).toBe('ftyp');
});
