import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RedisClient } from './client.ts';
import { connectRedis } from './connect.ts';
import { evaluatingBySha } from './evaluate.ts';
import { readInfo } from './read-info.ts';
import { quiet, startTestRedis } from './test-redis.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let redis: RedisClient;
beforeAll(async () => {
  server = await startTestRedis();
  redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
});
afterAll(async () => {
  redis.destroy();
  await server.stop();
});

test('a script’s text is sent once, and again after the server has forgotten it', async () => {
  const scripted = evaluatingBySha(redis);
  const count = () => scripted.eval("return redis.call('INCR', KEYS[1])", { keys: ['n'], arguments: [] });
  for (const n of [1, 2, 3]) expect(await count()).toBe(n);
  expect(await timesSent()).toBe(1);
  await redis.scriptFlush();
  expect(await count()).toBe(4);
  expect(await timesSent()).toBe(2);
});

test('a script that fails is told as it is, and not sent again', async () => {
  const scripted = evaluatingBySha(redis);
  const failing = "redis.call('INCR', KEYS[1]) return redis.call('HGET', KEYS[1], 'x')";
  await expect(scripted.eval(failing, { keys: ['m'], arguments: [] })).rejects.toThrow('WRONGTYPE');
  await expect(scripted.eval(failing, { keys: ['m'], arguments: [] })).rejects.toThrow('WRONGTYPE');
  expect(await redis.get('m')).toBe('2');
});

async function timesSent(): Promise<number> {
  const { cmdstat_eval = '' } = readInfo(await redis.info('commandstats'));
  return Number(/calls=(\d+)/.exec(cmdstat_eval)?.[1]);
}
