import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UploadedPicture } from '../../shared/api/assets.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { sampleImage } from '../providers/sample-image.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

const size = { width: 320, height: 256 };

let broker: TestBroker;
let ada: Person;

beforeAll(async () => {
  broker = await startTestBroker();
  ada = await broker.person(10);
});
afterAll(() => broker.stop());

const send = (body: BodyInit, type = 'image/png', person = ada) =>
  person.request('/v1/assets', { method: 'POST', body, headers: { 'Content-Type': type } });

async function upload(image: Sharp, person = ada): Promise<UploadedPicture> {
  const answer = await send(new Uint8Array(await image.png().toBuffer()), 'image/png', person);
  expect(answer.status).toBe(201);
  return UploadedPicture.parse(await answer.json());
}

const settingsWith = (changes: Partial<Settings>): Settings => ({
  prompt: '',
  count: 1,
  size: { kind: 'auto' },
  ...changes,
});

async function result(modelId: string, settings: Settings): Promise<Buffer> {
  const { generation } = await ada.generate(modelId, settings);
  await expect.poll(async () => (await ada.read(generation.id)).generation.state).toBe('succeeded');
  const answer = await ada.request(`/v1/generations/${generation.id}/outputs/0`);
  return Buffer.from(await answer.arrayBuffer());
}

describe('a picture that was handed in', () => {
  test('is upscaled: the model gets its bytes, and the price is known before', async () => {
    const picture = await upload(sampleImage(size));
    const settings = settingsWith({ references: [picture], factor: 2 });
    const { ceiling } = await ada.quote('sketch-upscale', settings);
    expect(ceiling).toBe(300);
    const bytes = await result('sketch-upscale', settings);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 640, height: 512 });
    const [small, again] = await Promise.all([
      sampleImage({ width: 16, height: 16 }).raw().toBuffer(),
      sharp(bytes).resize(16, 16, { fit: 'fill' }).removeAlpha().raw().toBuffer(),
    ]);
    const difference = small.reduce((sum, value, at) => sum + Math.abs(value - (again[at] ?? 0)), 0) / small.length;
    expect(difference).toBeLessThan(12);
  });

  test('is painted over where its mask is white, and nowhere else', async () => {
    const picture = await upload(sampleImage(size));
    const left = { ...size, channels: 3, background: '#000' } as const;
    const white = { input: { create: { ...left, width: 160, background: '#fff' } }, left: 160, top: 0 };
    const mask = await upload(sharp({ create: left }).composite([white]));
    const bytes = await result('sketch-repaint', settingsWith({ prompt: 'waves', references: [picture], mask }));
    const half = async (image: Sharp, at: number) => {
      const raw = await image.extract({ left: at, top: 0, width: 160, height: 256 }).removeAlpha().raw().toBuffer();
      return createHash('sha256').update(raw).digest('hex');
    };
    const png = await sampleImage(size).png().toBuffer();
    expect(await half(sharp(bytes), 0)).toBe(await half(sharp(png), 0));
    expect(await half(sharp(bytes), 160)).not.toBe(await half(sharp(png), 160));
  });

  test('is of no use to anybody else, for a price or for a picture', async () => {
    const picture = await upload(sampleImage(size));
    const eve = await broker.person(10);
    const settings = settingsWith({ references: [picture], factor: 2 });
    await expect(eve.quote('sketch-upscale', settings)).rejects.toThrow('422');
    await expect(eve.generate('sketch-upscale', settings)).rejects.toThrow('unknown_picture');
    expect(await eve.available()).toBe(10_000);
  });

  test('that is gone when its turn comes costs nothing', async () => {
    const picture = await upload(sampleImage(size));
    const settings = settingsWith({ references: [picture], factor: 2 });
    const { token } = await ada.quote('sketch-upscale', settings);
    const before = await ada.available();
    await broker.redis.del(`upload:${picture.assetId}`);
    const answer = await ada.request('/v1/generations', {
      method: 'POST',
      body: JSON.stringify({ quote: token, settings }),
      headers: { 'Idempotency-Key': 'gone' },
    });
    expect(await answer.json()).toMatchObject({ status: 422, code: 'unknown_picture' });
    expect(await ada.available()).toBe(before);
  });
});

describe('what is no picture', () => {
  test('is refused in words', async () => {
    for (const [body, type] of [
      ['{}', 'application/json'],
      ['', 'image/png'],
      ['<svg/>', 'image/svg+xml'],
      ['no png', 'image/png'],
    ] as const) {
      const answer = await send(body, type);
      expect(await answer.json(), type).toMatchObject({ status: 422, code: 'unreadable_picture' });
    }
  });

  test('and what is too large, is not read to its end', async () => {
    const answer = await send(new Uint8Array(21 * 1024 * 1024));
    expect(await answer.json()).toMatchObject({ status: 413, code: 'payload_too_large' });
  });

  test('and whoever shows no token hands in nothing', async () => {
    const answer = await fetch(`${broker.url}/v1/assets`, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});

test('slow lines of one person hold nobody else up, and leave nothing behind when they break', async () => {
  const eve = await broker.person(0);
  const { hostname, port } = new URL(broker.url);
  const head = ['POST /v1/assets HTTP/1.1', `Host: ${hostname}`, `Authorization: Bearer ${eve.token}`];
  const slow = Array.from({ length: 20 }, () => {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    socket.write(`${[...head, 'Content-Type: image/png', 'Content-Length: 1000'].join('\r\n')}\r\n\r\nx`);
    return socket;
  });
  await expect.poll(() => broker.redis.get(`rl:uploads:${eve.accountId}`)).toBe('20');
  await upload(sampleImage(size));
  for (const socket of slow) socket.destroy();
  await upload(sampleImage(size), eve);
});

test('handing in is limited per account, so that nobody keeps the broker decoding', async () => {
  const bob = await broker.person(0);
  const codes: number[] = [];
  for (let count = 0; count < 61; count += 1) codes.push((await send('x', 'image/png', bob)).status);
  expect(codes.filter((code) => code === 429)).toHaveLength(1);
});
