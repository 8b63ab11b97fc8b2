import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerationAnswer } from '../../shared/api/generations.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createGenerationEvents, type GenerationEvents } from './generation-events.ts';
import { type StreamOptions, streamEvents } from './stream-events.ts';

let server: Awaited<ReturnType<typeof startTestRedis>>;
let connections: RedisClient[];
let events: GenerationEvents;
let listening = 0;

beforeAll(async () => {
  server = await startTestRedis();
  const connect = () => connectRedis({ url: server.url, name: 'test', logger: quiet });
  const [redis, subscriber] = await Promise.all([connect(), connect()]);
  connections = [redis, subscriber];
  const real = await createGenerationEvents(redis, subscriber, pino({ level: 'silent' }));
  events = {
    publish: real.publish,
    subscribe(generationId, listener) {
      const unsubscribe = real.subscribe(generationId, listener);
      listening += 1;
      return () => {
        unsubscribe();
        listening -= 1;
      };
    },
  };
});

afterAll(async () => {
  for (const connection of connections ?? []) connection.destroy();
  await server?.stop();
});

/** As much of an answer as a stream looks at. */
const answer = (state: string, progress: number | null = null) =>
  ({ generation: { state, progress } }) as unknown as GenerationAnswer;

async function serve(read: StreamOptions['read']) {
  const ended: Promise<unknown>[] = [];
  const draining = new AbortController();
  const app = express();
  app.get('/', (_req, res) => {
    const streamed = streamEvents(res, { events, generationId: 'g1', read, draining: draining.signal });
    ended.push(streamed.catch((error: unknown) => error));
    streamed.catch(() => res.destroy());
  });
  const http = app.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  return { url, ended, drain: () => draining.abort(), close: () => http.close() };
}

test('a client that vanishes, before or after the first event, leaves no listener behind', async () => {
  const stream = await serve(async () => answer('running'));
  const leaving = Array.from({ length: 20 }, () => new AbortController());
  const asked = leaving.map(({ signal }) => fetch(stream.url, { signal }).catch(() => null));
  for (const [index, controller] of leaving.entries()) {
    if (index % 2) await asked[index];
    controller.abort();
  }
  await Promise.all(asked);
  await expect.poll(() => listening).toBe(0);
  expect(await Promise.all(stream.ended)).toEqual(stream.ended.map(() => undefined));
  stream.close();
});

test('a broker that drains ends its streams at once', async () => {
  const stream = await serve(async () => answer('running'));
  const response = await fetch(stream.url);
  stream.drain();
  expect(await response.text()).toBe(`event: generation\ndata: ${JSON.stringify(answer('running'))}\n\n`);
  expect(listening).toBe(0);
  stream.close();
});

test('a change that is announced between a look and the wait for the next one is not missed', async () => {
  let looks = 0;
  const stream = await serve(async () => {
    looks += 1;
    if (looks === 1) {
      const heard = new Promise<void>((resolve) => {
        events.subscribe('g1', () => resolve());
      });
      await events.publish('g1', { progress: 0.5 });
      await heard;
      return answer('running');
    }
    return answer('succeeded');
  });
  const start = performance.now();
  expect(await (await fetch(stream.url)).text()).toContain('succeeded');
  expect(performance.now() - start).toBeLessThan(3_000);
  stream.close();
});

test('a look that fails ends the stream, and its listener with it', async () => {
  const before = listening;
  let looks = 0;
  const stream = await serve(async () => {
    looks += 1;
    if (looks > 1) throw new Error('Redis is away');
    return answer('running');
  });
  const response = await fetch(stream.url);
  await events.publish('g1', { progress: 0.5 });
  await expect(response.text()).rejects.toThrow();
  expect(await Promise.all(stream.ended)).toMatchObject([{ message: 'Redis is away' }]);
  expect(listening).toBe(before);
  stream.close();
});
