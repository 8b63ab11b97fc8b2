import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UploadStore } from '../uploads/upload-store.ts';
import { createDiskStore } from './disk-store.ts';
import { openS3Store } from './s3-store.ts';
import type { AssetStore, Target, Variant } from './store.ts';
import { startTestBucket, type TestBucket } from './test-bucket.ts';

// What both stores promise: the one in a folder, and the one in a bucket, on a real server that speaks S3.

let folder: string;
let server: TestBucket;

const connect = (bucket = server.bucket) => openS3Store({ ...server, bucket });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-stores-'));
  server = await startTestBucket();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const png = (rest: string) => Buffer.from(`\x89PNG\r\n\x1A\n${rest}`, 'latin1');
const webp = (rest: string) => Buffer.from(`RIFF....WEBP${rest}`, 'latin1');
const mp4 = (rest: string) => Buffer.from(`\0\0\0\x18ftypisom${rest}`, 'latin1');

describe.each([
  ['a folder', async () => createDiskStore(join(folder, 'disk'))],
  ['a bucket', () => connect()],
] as const)('%s', (_name, create) => {
  let store: AssetStore & UploadStore;
  let lastId = 0;
  beforeAll(async () => {
    store = await create();
  });

  function newTarget(index = 0): Target {
    lastId += 1;
    return { generationId: `01jd3r9k2p7q4x8v5n6m1c0b${String(lastId).padStart(2, '0')}`, index };
  }
  async function read(target: Target, variant: Variant) {
    const file = await store.open(target, variant);
    if (!file) return null;
    const bytes = await buffer(file.stream);
    expect(bytes.length).toBe(file.bytes);
    return [file.contentType, bytes.toString('latin1')];
  }

  test('gives back what it was given, byte for byte, with its type', async () => {
    const target = newTarget();
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value)).toString('latin1');
    await store.put(target, mp4(all), { figma: png(all), thumbnail: webp(all) });
    expect(await read(target, 'original')).toEqual(['video/mp4', mp4(all).toString('latin1')]);
    expect(await read(target, 'figma')).toEqual(['image/png', png(all).toString('latin1')]);
    expect(await read(target, 'thumbnail')).toEqual(['image/webp', webp(all).toString('latin1')]);
  });

  test('gives Figma the original where nothing else is kept for it, after a replacement too', async () => {
    const target = newTarget();
    await store.put(target, webp('1'), { figma: png('1'), thumbnail: png('1') });
    await store.put(target, png('2'), { figma: null, thumbnail: png('2') });
    expect(await read(target, 'figma')).toEqual(['image/png', png('2').toString('latin1')]);
  });

  test('has nothing where nothing was put', async () => {
    const { generationId, index } = newTarget();
    expect(await store.open({ generationId, index }, 'figma')).toBeNull();
    expect(await store.readDelivery(generationId)).toBeNull();
    expect(await store.readUpload('01jd3r9k2p7q4x8v5n6m1c0bza')).toBeNull();
    await store.dropDelivery(generationId);
    await store.dropGeneration(generationId);
    await store.dropUpload('01jd3r9k2p7q4x8v5n6m1c0bza');
  });

  test('keeps a delivery until it is dropped, and the pictures after that', async () => {
    const target = newTarget();
    await store.putDelivery(target.generationId, Buffer.from([0, 255, 1]));
    expect([...((await store.readDelivery(target.generationId)) ?? [])]).toEqual([0, 255, 1]);
    await store.put(target, png('o'), { figma: null, thumbnail: png('t') });
    await store.dropDelivery(target.generationId);
    expect(await store.readDelivery(target.generationId)).toBeNull();
    expect(await read(target, 'original')).not.toBeNull();
  });

  test('keeps what people hand in', async () => {
    const assetId = '01jd3r9k2p7q4x8v5n6m1c0bzz';
    await store.putUpload(assetId, png('in'));
    expect(Buffer.from((await store.readUpload(assetId)) ?? [])).toEqual(png('in'));
    await store.dropUpload(assetId);
    expect(await store.readUpload(assetId)).toBeNull();
  });

  test('lists each generation once, and drops all of one and nothing of its neighbour', async () => {
    const [kept, dropped] = [newTarget(), newTarget()];
    for (const { generationId } of [kept, dropped]) {
      for (const index of [0, 1]) {
        await store.put({ generationId, index }, png('o'), { figma: png('f'), thumbnail: png('t') });
      }
    }
    const ids = async () => {
      const found: string[] = [];
      for await (const id of store.listGenerations()) found.push(id);
      return found.filter((id) => id === kept.generationId || id === dropped.generationId).sort();
    };
    expect(await ids()).toEqual([kept.generationId, dropped.generationId]);
    await store.dropGeneration(dropped.generationId);
    expect(await ids()).toEqual([kept.generationId]);
    expect(await store.open(dropped, 'thumbnail')).toBeNull();
    expect(await read(kept, 'thumbnail')).not.toBeNull();
  });

  test('refuses a name that could lead elsewhere', async () => {
    for (const generationId of ['../../etc', 'a/b', '']) {
      await expect(store.open({ generationId, index: 0 }, 'original')).rejects.toThrow(RangeError);
      expect(() => store.readUpload(generationId)).toThrow(RangeError);
    }
    await expect(store.open({ ...newTarget(), index: -1 }, 'original')).rejects.toThrow(RangeError);
  });
});

test('a bucket that takes no more and says nothing fails whoever waits for it, so that no hold waits for ever', async () => {
  const silent = createServer(({ method }, res) => void (method === 'HEAD' && res.end()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const store = await openS3Store({ ...server, endpoint: `http://127.0.0.1:${port}`, silence: 50 });
  const target = { generationId: '01jd3r9k2p7q4x8v5n6m1c0bzb', index: 0 };
  const made = { figma: null, thumbnail: png('t') };
  await expect(store.put(target, png('o'), made)).rejects.toThrow('timed out');
  await expect(store.open(target, 'original')).rejects.toThrow('timed out');
  silent.closeAllConnections();
  silent.close();
});

test('a bucket that is not there is told at the start', async () => {
  await expect(connect('elsewhere')).rejects.toThrow('the bucket elsewhere cannot be used');
});
