import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Route } from '../../shared/catalogue/model.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import type { StoredGeneration } from './generation.ts';
import type { GenerationStore } from './generation-store.ts';
import { createSlots } from './slots.ts';

const logger = pino({ level: 'silent' });

let server: Awaited<ReturnType<typeof startTestRedis>>;
let redis: RedisClient;
beforeAll(async () => {
  server = await startTestRedis();
  redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
});
afterAll(async () => {
  redis?.destroy();
  await server?.stop();
});

let made = 0;

/** The slots of a provider that no other test knows. */
function slotsAt(limits: { activeJobs: number | null; submitsPerMinute: number | null }) {
  made += 1;
  const provider = `provider-${made}` as Route['provider'];
  const ended = new Set<string>();
  const time = { now: 0 };
  const store: Pick<GenerationStore, 'isUnderWayAt'> = {
    isUnderWayAt: async (id, where) => where === provider && !ended.has(id),
  };
  const slots = createSlots({ redis, store, logger, random: () => 0.5, clock: () => time.now });
  const sender = (memberId: string, generationId: string) => ({
    memberId,
    generationId,
    details: { route: { provider, path: 'x' } } as StoredGeneration['details'],
  });
  return {
    ended,
    time,
    take: (memberId: string, generationId: string) => slots.take(sender(memberId, generationId), limits),
    release: (memberId: string, generationId: string) => slots.release(sender(memberId, generationId)),
  };
}

test('no more jobs than a provider takes are under way, from all brokers together; an ended one makes room', async () => {
  const { take, release } = slotsAt({ activeJobs: 2, submitsPerMinute: null });
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => take('ada', `g${n}`)));
  expect(all.filter((wait) => wait === 0)).toHaveLength(2);
  const [first] = all.flatMap((wait, n) => (wait === 0 ? [`g${n}`] : []));
  expect(await take('ada', first ?? ''), 'whoever has one keeps it').toBe(0);
  await release('ada', first ?? '');
  expect(await take('ada', 'next')).toBe(0);
  expect(await take('ada', 'after'), 'ms until it should ask again').toBeGreaterThan(0);
});

test('one person’s hundred do not hold up another’s one', async () => {
  const { take, release } = slotsAt({ activeJobs: 4, submitsPerMinute: null });
  const waiting = Array.from({ length: 100 }, (_, n) => `g${n}`);
  const running: string[] = [];
  const send = async () => {
    for (const id of [...waiting]) {
      if ((await take('ada', id)) > 0) continue;
      running.push(id);
      waiting.splice(waiting.indexOf(id), 1);
    }
  };
  await send();
  expect(running).toHaveLength(4);
  expect(await take('bob', 'b0')).toBeGreaterThan(0);
  await release('ada', running.shift() ?? '');
  await send();
  expect(running, 'the free slot is not for whoever has three').toHaveLength(3);
  expect(await take('bob', 'b0')).toBe(0);
});

test('what may be sent in a minute is counted, and says how long to wait', async () => {
  const { take } = slotsAt({ activeJobs: null, submitsPerMinute: 3 });
  const waits = await Promise.all(Array.from({ length: 5 }, (_, n) => take('ada', `g${n}`)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
  for (const wait of waits.filter((one) => one > 0)) expect(wait).toBeLessThanOrEqual(60_000);
});

test('a slot that nobody gave back is free once somebody needs it; one whose generation is under way is not', async () => {
  const { take, ended, time } = slotsAt({ activeJobs: 2, submitsPerMinute: null });
  expect([await take('ada', 'dead'), await take('ada', 'alive')]).toEqual([0, 0]);
  expect(await take('bob', 'next')).toBeGreaterThan(0);
  ended.add('dead');
  time.now += 5_000;
  await expect.poll(() => take('bob', 'next')).toBe(0);
  time.now += 5_000;
  expect(await take('eve', 'after')).toBeGreaterThan(0);
  expect(await take('ada', 'alive'), 'it has kept its slot').toBe(0);
});

test('while they cannot be counted, everything is sent', async () => {
  const gone = await connectRedis({ url: server.url, name: 'gone', logger: quiet });
  gone.destroy();
  const store = { isUnderWayAt: async () => true };
  const slots = createSlots({ redis: gone, store, logger, random: () => 0, clock: () => 0 });
  const details = { route: { provider: 'fal', path: 'x' } } as StoredGeneration['details'];
  const sender = { memberId: 'ada', generationId: 'g', details };
  expect(await slots.take(sender, { activeJobs: 1, submitsPerMinute: 1 })).toBe(0);
  await slots.release(sender);
});
