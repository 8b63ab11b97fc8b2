import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startTestBucket } from '../assets/test-bucket.ts';
import type { ArchiveStore } from './archive-store.ts';
import { createDiskArchive } from './disk-archive.ts';
import { openS3Archive } from './s3-archive.ts';

// What both stores promise: the one in a folder, and the one in a bucket, on a real server that speaks S3.

const folder = await mkdtemp(join(tmpdir(), 'inkpot-archive-'));
const bucket = await startTestBucket();
afterAll(async () => {
  await bucket.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each<[string, () => Promise<ArchiveStore>]>([
  ['a folder', () => Promise.resolve(createDiskArchive(join(folder, 'archive')))],
  ['a bucket', () => openS3Archive(bucket)],
])('%s', (_name, open) => {
  const read = async (store: ArchiveStore, name: string) => {
    const bytes = await store.get(name);
    return bytes && Buffer.from(bytes).toString('latin1');
  };
  const list = async (store: ArchiveStore, name: string) => {
    const names: string[] = [];
    for await (const found of store.list(name)) names.push(found);
    return names.sort();
  };

  test('gives back what it was given, in place of what was there, and lists a folder', async () => {
    const store = await open();
    expect(await store.get('marks/p1')).toBeNull();
    expect(await list(store, 'marks')).toEqual([]);
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    await store.put('marks/p1', Buffer.from('first'));
    await store.put('marks/p1', all);
    await store.put('marks/p2', Buffer.from('other'));
    await store.put('segments/p1/1-30.ndjson.gz', Buffer.from('lines'));
    expect(await read(store, 'marks/p1')).toBe(all.toString('latin1'));
    expect(await read(store, 'segments/p1/1-30.ndjson.gz')).toBe('lines');
    expect(await list(store, 'marks')).toEqual(['p1', 'p2']);
    expect(await list(store, 'segments/p1')).toEqual(['1-30.ndjson.gz']);
  });
});

test('a folder takes no name that leads out of it, and leaves nothing half written', async () => {
  const store = createDiskArchive(join(folder, 'safe'));
  for (const name of ['../x', 'marks/../../x', '/x', 'marks//x', '.x']) {
    await expect(store.put(name, Buffer.from('x'))).rejects.toThrow(RangeError);
  }
  await store.put('marks/p', Buffer.from('x'));
  await expect(store.put('marks/p/q', Buffer.from('x'))).rejects.toThrow();
  expect(await readdir(join(folder, 'safe', 'marks'))).toEqual(['p']);
});
