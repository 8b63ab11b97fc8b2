import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connectRedis } from './connect.ts';
import { findPrivateRedis } from './find-private.ts';
import { quiet, startTestRedis } from './test-redis.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((path) => rm(path, { recursive: true, force: true }))));

test('the private server of a running Inkpot is found by its directory', async () => {
  const server = await startTestRedis();
  const url = await findPrivateRedis(server.dataDir);
  expect(url).toBe(server.url);
  const redis = await connectRedis({ url, name: 'test', logger: quiet });
  expect(await redis.ping()).toBe('PONG');
  redis.destroy();
  await server.stop();
});

test('where none runs, it says what to do', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'inkpot-none-'));
  directories.push(empty);
  await expect(findPrivateRedis(empty)).rejects.toThrow(/npm start.*INKPOT_DATA_DIR.*REDIS_URL/);
});

test('a server that has ended is not taken for one that runs', async () => {
  const server = await startTestRedis();
  const copy = await mkdtemp(join(tmpdir(), 'inkpot-left-'));
  directories.push(copy);
  await cp(server.dataDir, copy, { recursive: true });
  await server.stop();
  await expect(findPrivateRedis(copy)).rejects.toThrow('No Inkpot is running');
});
