import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { createDiskStore } from '../assets/disk-store.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createUploads, type Uploads } from './uploads.ts';

const DAY = 24 * 3_600_000;
const never = new AbortController().signal;
const size = { width: 320, height: 256 };

let folder: string;
let server: Awaited<ReturnType<typeof startTestRedis>>;
let redis: RedisClient;
let now: number;
let uploads: Uploads;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-uploads-'));
  server = await startTestRedis();
  redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
});
beforeEach(async () => {
  await redis.flushDb();
  await rm(join(folder, 'uploads'), { recursive: true, force: true });
  now = Date.now();
  uploads = createUploads({ redis, store: createDiskStore(folder), clock: () => now });
});
afterAll(async () => {
  redis.destroy();
  await server.stop();
  await rm(folder, { recursive: true });
});

const picture = (of = size) => sampleImage(of).png().toBuffer();
const settingsWith = (references: Settings['references'], mask?: Settings['mask']): Settings => ({
  prompt: 'a fox',
  count: 1,
  size: { kind: 'auto' },
  references,
  ...(mask && { mask }),
});
const code = (name: string) => expect.objectContaining({ code: name });

test('a picture goes to the provider as it was given, with its size', async () => {
  const bytes = await picture();
  const added = await uploads.add('ada', bytes);
  expect(added).toMatchObject(size);
  const inputs = await uploads.load('ada', settingsWith([added], added));
  expect(inputs?.references).toMatchObject([{ ...size, contentType: 'image/png' }]);
  expect(inputs?.mask).toEqual(inputs?.references[0]);
  const [before, after] = [bytes, inputs?.references[0]?.bytes].map((each) => sharp(each).raw().toBuffer());
  expect(await after).toEqual(await before);
});

describe('what is told about a picture', () => {
  test('another’s picture answers exactly like one that never was', async () => {
    const added = await uploads.add('ada', await picture());
    const answers = [
      uploads.require('eve', settingsWith([added])),
      uploads.require('eve', settingsWith([{ ...added, assetId: '01jd3r9k2p7q4x8v5n6m1c0bza' }])),
    ].map((asked) => asked.catch((error: unknown) => JSON.stringify(error)));
    const [foreign, unknown] = await Promise.all(answers);
    expect(foreign).toContain('unknown_picture');
    expect(foreign).toBe(unknown);
    expect(await uploads.load('eve', settingsWith([added]))).toBeNull();
  });

  test('the size that prices count must be the true one', async () => {
    const added = await uploads.add('ada', await picture());
    await uploads.require('ada', settingsWith([added]));
    await expect(uploads.require('ada', settingsWith([{ ...added, width: 32 }]))).rejects.toEqual(
      code('unsupported_setting'),
    );
  });

  test('a mask must be as large as the picture that it belongs to, and must have one', async () => {
    const [added, mask, other] = await Promise.all(
      [size, size, { width: 64, height: 64 }].map(async (of) => uploads.add('ada', await picture(of))),
    );
    if (!added || !mask || !other) throw new Error('three were added');
    await uploads.require('ada', settingsWith([added], mask));
    await expect(uploads.require('ada', settingsWith([added], other))).rejects.toThrow('320 × 256');
    await expect(uploads.require('ada', settingsWith([], mask))).rejects.toThrow('needs the picture');
  });
});

describe('how long a picture is kept', () => {
  const kept = async () => (await readdir(join(folder, 'uploads'), { recursive: true })).filter((n) => n.length > 10);
  /** What Redis will do by itself, done now. */
  const expire = (assetId: string) => redis.del(`upload:${assetId}`);

  test('a week, and then neither the record nor the bytes are left', async () => {
    const added = await uploads.add('ada', await picture());
    const left = await redis.pTTL(`upload:${added.assetId}`);
    expect(left / DAY).toBeCloseTo(7, 2);
    now += 7 * DAY;
    await uploads.sweep(never);
    expect(await kept()).toHaveLength(1);
    await expire(added.assetId);
    now += DAY;
    await uploads.sweep(never);
    expect(await kept()).toEqual([]);
    expect(await redis.keys('*upload*')).toEqual([]);
    await expect(uploads.require('ada', settingsWith([added]))).rejects.toEqual(code('unknown_picture'));
  });

  test('a day at least from its last use, so that no generation outlives it', async () => {
    const added = await uploads.add('ada', await picture());
    await redis.pExpire(`upload:${added.assetId}`, 1_000);
    now += 7 * DAY - 1_000;
    await uploads.use('ada', settingsWith([added]));
    expect((await redis.pTTL(`upload:${added.assetId}`)) / DAY).toBeCloseTo(1, 2);
    now += 0.9 * DAY;
    await uploads.sweep(never);
    expect(await uploads.load('ada', settingsWith([added]))).not.toBeNull();
  });

  test('until its owner asks for it to go, and nobody else', async () => {
    const added = await uploads.add('ada', await picture());
    await uploads.remove('eve', added.assetId);
    await uploads.require('ada', settingsWith([added]));
    await uploads.remove('ada', added.assetId);
    await uploads.remove('ada', added.assetId);
    await uploads.remove('ada', '../../etc');
    expect([await kept(), await redis.keys('*upload*')]).toEqual([[], []]);
  });

  test('use never shortens it', async () => {
    const added = await uploads.add('ada', await picture());
    await uploads.use('ada', settingsWith([added]));
    expect((await redis.pTTL(`upload:${added.assetId}`)) / DAY).toBeCloseTo(7, 2);
  });
});
