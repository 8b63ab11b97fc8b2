import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import express, { type ErrorRequestHandler } from 'express';
import sharp from 'sharp';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Output } from '../../shared/api/generations.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { ProviderOutput } from '../providers/provider.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { sampleVideo } from '../providers/sample-video.ts';
import { type Assets, BadOutput, createAssets } from './assets.ts';
import { createDiskStore } from './disk-store.ts';
import type { AssetStore } from './store.ts';

const target = { generationId: '01jd3r9k2p7q4x8v5n6m1c0bza', index: 0 };
const provider = { allowsHost: () => false };
const { signal } = new AbortController();

let folder: string;
let store: AssetStore;
let assets: Assets;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-assets-'));
  store = createDiskStore(folder);
  assets = createAssets({ store });
});
afterEach(() => rm(folder, { recursive: true }));

function receive(output: ProviderOutput, expected: { width: number; height: number }) {
  return assets.receive(output, { expected, provider, target, signal });
}

describe('receiving', () => {
  test('a good picture is kept as it came, with a thumbnail, and described', async () => {
    const size = { width: 800, height: 600 };
    const bytes = await sampleImage(size).png().toBuffer();
    const output = await receive({ bytes, seed: 42 }, size);
    expect(output).toEqual({
      index: 0,
      kind: 'image',
      ...size,
      seconds: null,
      contentType: 'image/png',
      bytes: bytes.length,
      seed: 42,
    });
    expect(Output.parse(output)).toEqual(output);
    const file = await store.open(target, 'original');
    expect(file?.bytes).toBe(bytes.length);
    file?.stream.destroy();
  });

  test('case 20: a larger picture is kept whole, and described as what Figma is given', async () => {
    const size = { width: 5_504, height: 3_072 };
    const bytes = await sampleImage(size).webp().toBuffer();
    const output = await receive({ bytes, seed: null }, size);
    expect(output).toMatchObject({ width: 4_096, height: 2_286, contentType: 'image/jpeg' });
    const original = await store.open(target, 'original');
    expect(original).toMatchObject({ contentType: 'image/webp', bytes: bytes.length });
    original?.stream.destroy();
    const figma = await store.open(target, 'figma');
    expect(figma).toMatchObject({ contentType: 'image/jpeg', bytes: output.bytes });
    figma?.stream.destroy();
  });

  test('a picture that cannot be used is a BadOutput, and nothing of it is kept', async () => {
    const bytes = (await sampleImage({ width: 640, height: 640 }).png().toBuffer()).subarray(0, 5_000);
    await expect(receive({ bytes, seed: 1 }, { width: 640, height: 640 })).rejects.toThrow(BadOutput);
    await expect(receive({ url: 'https://elsewhere.example/p.png', seed: 1 }, { width: 1, height: 1 })).rejects.toThrow(
      BadOutput,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('receiving the same picture again, after a crash for instance, gives the same answer', async () => {
    const size = { width: 640, height: 640 };
    const bytes = await sampleImage(size).png().toBuffer();
    const first = await receive({ bytes, seed: 1 }, size);
    expect(await receive({ bytes, seed: 1 }, size)).toEqual(first);
  });
});

describe('receiving a video', () => {
  const size = { width: 256, height: 192 };

  test('keeps it byte for byte, with a poster that Figma can place, and says how long it lasts', async () => {
    const bytes = await sampleVideo(size);
    const about = { expected: size, video: { seconds: 1 }, provider, target, signal };
    const output = await assets.receive({ bytes, seed: 7 }, about);
    const described = { index: 0, kind: 'video', ...size, seconds: 1, contentType: 'video/mp4', seed: 7 };
    expect(output).toEqual({ ...described, bytes: bytes.length });
    const original = await store.open(target, 'original');
    expect(original?.contentType).toBe('video/mp4');
    expect(original && (await buffer(original.stream)).equals(bytes)).toBe(true);
    const poster = await store.open(target, 'figma');
    expect(poster?.contentType).toBe('image/jpeg');
    poster?.stream.destroy();
  });

  test('refuses a picture in its place, and a video in a picture’s', async () => {
    const [video, picture] = await Promise.all([sampleVideo(size), sampleImage(size).png().toBuffer()]);
    const about = { expected: size, provider, target, signal };
    await expect(assets.receive({ bytes: picture, seed: 1 }, { ...about, video: { seconds: 1 } })).rejects.toThrow(
      BadOutput,
    );
    await expect(assets.receive({ bytes: video, seed: 1 }, about)).rejects.toThrow(BadOutput);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('sending', () => {
  const size = { width: 1_024, height: 1_024 };
  const failures: unknown[] = [];
  let bytes: Buffer;
  let server: Server;

  beforeEach(async () => {
    failures.length = 0;
    // Noise does not compress: the answer is far larger than what sockets buffer.
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    bytes = await sharp({ create: { ...size, channels: 3, background: '#888', noise } })
      .png()
      .toBuffer();
    await receive({ bytes, seed: 1 }, size);
    const catchAll: ErrorRequestHandler = (error, _req, res, _next) => {
      failures.push(error);
      if (!res.headersSent) res.sendStatus(error instanceof InkpotError ? 404 : 500);
    };
    const app = express()
      .get('/:n', (req, res) => assets.send(req, res, { ...target, index: Number(req.params.n) }, 'figma'))
      .get('/:n/thumbnail', (req, res) =>
        assets.send(req, res, { ...target, index: Number(req.params.n) }, 'thumbnail'),
      )
      .get('/:n/late', async (req, res) => {
        if (!res.closed) await new Promise((left) => res.once('close', left));
        await assets.send(req, res, { ...target, index: Number(req.params.n) }, 'figma');
      })
      .use(catchAll);
    server = createServer(app);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });
  afterEach(() => {
    server.close().closeAllConnections();
  });

  test('a picture arrives byte for byte, with its type, its length, and leave to keep it for ever', async () => {
    const answer = await request(server).get('/0').expect(200);
    expect(Buffer.from(answer.body).equals(bytes)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    const thumbnail = await request(server).get('/0/thumbnail').expect('Content-Type', 'image/jpeg').expect(200);
    expect(await sharp(thumbnail.body).metadata()).toMatchObject({ width: 256, height: 256 });
  });

  test('what is known already is not sent again, and HEAD sends no bytes', async () => {
    const { headers } = await request(server).get('/0/thumbnail');
    const again = await request(server)
      .get('/0/thumbnail')
      .set('If-None-Match', headers.etag ?? '')
      .expect(304);
    expect(again.headers['content-length']).toBeUndefined();
    const head = await request(server).head('/0').expect(200);
    expect(head.headers['content-length']).toBe(String(bytes.length));
    expect(headers.etag).not.toBe(head.headers.etag);
  });

  test('a picture that is not kept is not found', async () => {
    await request(server).get('/7').expect(404);
    expect(failures).toHaveLength(1);
  });

  test('a client that leaves in the middle, or has left before, is no error and leaves no file open', async () => {
    const { port } = server.address() as AddressInfo;
    const leave = (path: string, when: 'headers' | 'sent') =>
      new Promise<void>((left) => {
        const client = httpRequest({ host: '127.0.0.1', port, path }, (answer) => answer.destroy());
        client.on('error', () => undefined).on('close', () => left());
        client.end(() => {
          if (when === 'sent') setImmediate(() => client.destroy());
        });
      });
    const openBefore = (await readdir('/proc/self/fd').catch(() => [])).length;
    await Promise.all([...Array(50)].map(() => leave('/0', 'headers')));
    await Promise.all([...Array(50)].map(() => leave('/0/late', 'sent')));
    await request(server).get('/0').expect(200);
    expect(failures).toEqual([]);
    server.closeAllConnections();
    await expect
      .poll(async () => (await readdir('/proc/self/fd').catch(() => [])).length)
      .toBeLessThanOrEqual(openBefore + 4);
  });
});
