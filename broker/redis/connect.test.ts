import type { EventEmitter } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis } from './connect.ts';
import { type FaultyProxy, startFaultyProxy } from './test-proxy.ts';
import { quiet, startTestRedis } from './test-redis.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startTestRedis();
  proxy = await startFaultyProxy(server.url);
});
afterAll(async () => {
  await proxy.close();
  await server.stop();
});

/** Waits for an event, whatever errors come before it. */
function next(emitter: EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(event, resolve));
}

test('a half-open connection under steady traffic is given up and opened anew, subscriptions included', async () => {
  const redis = await connectRedis({ url: proxy.url, name: 'half-open', logger: quiet });
  const heard: string[] = [];
  await redis.subscribe('news', (message) => heard.push(message));
  const down = next(redis, 'end');
  proxy.set({ requests: 'swallow', replies: 'swallow' });
  const traffic = setInterval(() => redis.ping().catch(() => undefined), 100);
  await down;
  proxy.set({ requests: 'pass', replies: 'pass' });
  await next(redis, 'ready');
  clearInterval(traffic);

  expect(await redis.publish('news', 'back')).toBe(1);
  await expect.poll(() => heard).toEqual(['back']);
  redis.destroy();
});

test('a command given while the connection is down fails at once, and is not carried out later', async () => {
  const redis = await connectRedis({ url: proxy.url, name: 'offline', logger: quiet });
  const reconnecting = next(redis, 'reconnecting');
  proxy.cut();
  await reconnecting;
  await expect(redis.set('zombie', '1')).rejects.toThrow();
  await next(redis, 'ready');
  expect(await redis.get('zombie')).toBeNull();
  redis.destroy();
});

test('a server that is not there stops the start, naming its address', async () => {
  const url = 'redis://:secret@127.0.0.1:1/';
  await expect(connectRedis({ url, name: 'absent', logger: quiet })).rejects.toThrow(
    /cannot be reached at 127\.0\.0\.1:1: .*ECONNREFUSED/,
  );
});
