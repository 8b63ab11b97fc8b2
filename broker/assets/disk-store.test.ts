import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDiskStore } from './disk-store.ts';
import type { Made, Renditions, Target, Variant } from './store.ts';

const target: Target = { generationId: '01jd3r9k2p7q4x8v5n6m1c0bza', index: 0 };
const png = (rest: string) => Buffer.from(`\x89PNG\r\n\x1A\n${rest}`, 'latin1');
const webp = (rest: string) => Buffer.from(`RIFF....WEBP${rest}`, 'latin1');
const jpeg = (rest: string) => Buffer.from(`\xFF\xD8\xFF${rest}`, 'latin1');

let folder: string;
let store: ReturnType<typeof createDiskStore>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-assets-'));
  store = createDiskStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function read(variant: Variant, of: Target = target) {
  const file = await store.open(of, variant);
  if (!file) return null;
  const bytes = await buffer(file.stream);
  expect(bytes.length).toBe(file.bytes);
  return { contentType: file.contentType, bytes };
}

test('renditions are read back with the type that their bytes have', async () => {
  const renditions: Renditions = { original: webp('o'), figma: jpeg('f'), thumbnail: png('t') };
  await store.put(target, renditions.original, renditions);
  expect(await read('original')).toEqual({ contentType: 'image/webp', bytes: renditions.original });
  expect(await read('figma')).toEqual({ contentType: 'image/jpeg', bytes: renditions.figma });
  expect(await read('thumbnail')).toEqual({ contentType: 'image/png', bytes: renditions.thumbnail });
});

test('Figma is given the original where no other rendition is kept', async () => {
  await store.put(target, png('o'), { figma: null, thumbnail: png('t') });
  expect(await read('figma')).toEqual({ contentType: 'image/png', bytes: png('o') });
});

test('a picture that is not kept is null', async () => {
  expect(await store.open(target, 'figma')).toBeNull();
  await store.put(target, png('o'), { figma: null, thumbnail: png('t') });
  expect(await store.open({ ...target, index: 1 }, 'thumbnail')).toBeNull();
});

test('storing again replaces everything and leaves nothing beside it', async () => {
  await store.put(target, webp('1'), { figma: png('1'), thumbnail: png('1') });
  await store.put(target, png('2'), { figma: null, thumbnail: png('2') });
  expect((await read('figma'))?.bytes).toEqual(png('2'));
  const names = await readdir(join(folder, 'assets', 'za', target.generationId, '0'));
  expect(names.sort()).toEqual(['original', 'thumbnail']);
});

test('a reader that began before a replacement reads the old picture to its end', async () => {
  await store.put(target, png('old'), { figma: null, thumbnail: png('t') });
  const before = await store.open(target, 'original');
  await store.put(target, png('new'), { figma: null, thumbnail: png('t') });
  expect(before && (await buffer(before.stream))).toEqual(png('old'));
});

test('no two of many writers at once leave a mixed file', async () => {
  const versions = Array.from({ length: 8 }, (_, version) => png(String(version).repeat(100_000)));
  await Promise.all(versions.map((original) => store.put(target, original, { figma: null, thumbnail: png('t') })));
  const kept = await read('original');
  expect(versions.some((version) => kept?.bytes.equals(version))).toBe(true);
});

test('a picture that cannot be stored is over when it fails: nothing of it is written any more', async () => {
  const place = join(folder, 'assets', 'za', target.generationId, '0');
  await mkdir(join(place, 'thumbnail', 'in the way'), { recursive: true });
  const large = png('o'.repeat(32_000_000));
  const stored = store.put(target, large, { figma: jpeg('f'), thumbnail: png('t') });
  await expect(stored).rejects.toMatchObject({ syscall: 'rename' });
  expect((await readdir(place)).filter((name) => name.startsWith('.'))).toEqual([]);
  await store.dropGeneration(target.generationId);
  expect(await readdir(join(folder, 'assets', 'za'))).toEqual([]);
});

test('the original is written while the rest is made; where that fails, nothing is left of it, and all of its neighbour', async () => {
  const { promise: made, reject } = Promise.withResolvers<Made>();
  const stored = store.put(target, png('o'), made);
  const generation = join(folder, 'assets', 'za', target.generationId);
  await expect.poll(() => readdir(join(generation, '0')).catch(() => [])).toHaveLength(1);
  await store.put({ ...target, index: 1 }, png('n'), { figma: null, thumbnail: png('t') });
  reject(new Error('it is blank'));
  await expect(stored).rejects.toThrow('it is blank');
  expect(await readdir(generation)).toEqual(['1']);
  expect((await read('original', { ...target, index: 1 }))?.bytes).toEqual(png('n'));
});

test('a name that could leave the folder is refused', async () => {
  for (const generationId of ['../../etc', '..', 'a/b', 'a', 'x\0y', '']) {
    await expect(store.open({ generationId, index: 0 }, 'original')).rejects.toThrow(RangeError);
    await expect(store.put({ generationId, index: 0 }, png('o'), { figma: null, thumbnail: png('t') })).rejects.toThrow(
      RangeError,
    );
  }
  await expect(store.open({ ...target, index: -1 }, 'original')).rejects.toThrow(RangeError);
});

test('what a broker that was killed had written of a picture that somebody gave goes with the picture', async () => {
  const assetId = '01jd3r9k2p7q4x8v5n6m1c0bzz';
  const shard = join(folder, 'uploads', 'zz');
  await store.putUpload(assetId, png('in'));
  await store.putUpload('01jd3r9k2p7q4x8v5n6m1c0azz', png('other'));
  await writeFile(join(shard, `.${assetId}.3f0c8f9e`), png('i'));
  await store.dropUpload(assetId);
  expect(await readdir(shard)).toEqual(['01jd3r9k2p7q4x8v5n6m1c0azz']);
});
