import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UploadedPicture } from '../../shared/api/assets.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { type FakeA1111, startFakeA1111 } from '../providers/a1111/fake-server.ts';
import { type FakeComfyUI, startFakeComfyUI } from '../providers/comfyui/fake-server.ts';
import { type FakeOpenAI, startFakeOpenAI } from '../providers/openai/fake-server.ts';
import { sampleImage } from '../providers/sample-image.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

/** What a generation costs that costs the operator nothing: one step of the tariff, in millicredits. */
const STEP = 100;

let comfyui: FakeComfyUI;
let a1111: FakeA1111;
let openai: FakeOpenAI;
let broker: TestBroker;
let ada: Person;

beforeAll(async () => {
  [comfyui, a1111, openai] = await Promise.all([
    startFakeComfyUI(),
    startFakeA1111({ auth: 'me:secret' }),
    startFakeOpenAI({ key: 'openai-key' }),
  ]);
  broker = await startTestBroker({
    COMFYUI_BASE_URL: comfyui.url,
    A1111_BASE_URL: a1111.url,
    A1111_AUTH: 'me:secret',
    OPENAI_API_KEY: 'openai-key',
    OPENAI_BASE_URL: `${openai.url}/v1`,
  });
  ada = await broker.person(20);
});
afterAll(() => Promise.all([broker?.stop(), comfyui?.close(), a1111?.close(), openai?.close()]));

/** Generates, and waits for the end. */
async function generate(modelId: string, settings: Partial<Settings>) {
  const all: Settings = { prompt: 'a fox', count: 1, size: { kind: 'auto' }, ...settings };
  const { generation } = await ada.generate(modelId, all);
  await expect
    .poll(async () => (await ada.read(generation.id)).generation.state, { timeout: 20_000 })
    .toBe('succeeded');
  return (await ada.read(generation.id)).generation;
}

async function upload(bytes: Buffer): Promise<UploadedPicture> {
  const headers = { 'Content-Type': 'image/png' };
  const answer = await ada.request('/v1/assets', { method: 'POST', body: new Uint8Array(bytes), headers });
  return UploadedPicture.parse(await answer.json());
}

/** A picture, and a mask whose left half is white. */
async function pictureAndMask() {
  const [width, height] = [64, 48];
  const white = { create: { width: width / 2, height, channels: 3 as const, background: '#fff' } };
  const mask = sharp({ create: { width, height, channels: 3, background: '#000' } })
    .composite([{ input: white, left: 0, top: 0 }])
    .png();
  const picture = sampleImage({ width, height }).png();
  return { references: [await upload(await picture.toBuffer())], mask: await upload(await mask.toBuffer()) };
}

test('a ComfyUI at a private address, without TLS, draws with the seed that was asked for', async () => {
  const { charged, outputs } = await generate('local-comfyui', { seed: 7 });
  expect(charged).toBe(STEP);
  expect(outputs).toMatchObject([{ width: 1_024, height: 1_024, seed: 7 }]);
  expect([...comfyui.drawings.values()]).toMatchObject([{ prompt: 'a fox', seed: 7 }]);
});

test('an AUTOMATIC1111 paints over what was handed in, where the mask is white', async () => {
  const { references, mask } = await pictureAndMask();
  const size = { kind: 'pixels', width: 512, height: 512 } as const;
  const { charged, outputs } = await generate('local-sd-server', { size, references, mask });
  expect(charged).toBe(STEP);
  expect(outputs).toMatchObject([{ width: 512, height: 512 }]);
  const [{ path, fields } = { path: '', fields: {} }] = a1111.taken;
  expect(path).toBe('/sdapi/v1/img2img');
  const sent = await sharp(Buffer.from(String(fields.mask), 'base64'))
    .greyscale()
    .raw()
    .toBuffer();
  expect([sent.at(0), sent.at(63)]).toEqual([255, 0]);
});

test('OpenAI edits what was handed in through a hole, and its tokens settle the price below the quote', async () => {
  const { references, mask } = await pictureAndMask();
  const size = { kind: 'pixels', width: 1_024, height: 1_024 } as const;
  const { charged, ceiling } = await generate('gpt-image-2', { size, references, mask, quality: 'high' });
  expect(openai.taken).toMatchObject([{ path: '/v1/images/edits', fields: { quality: 'high' } }]);
  // 1,756 tokens out, 1,024 of the picture and 2 of text: $0.060882, where $0.211 and the picture were quoted.
  expect([charged, ceiling]).toEqual([1_600, 5_300]);
});
