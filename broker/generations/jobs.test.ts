import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { connectQueueRedis } from '../redis/queue-connection.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createJobs, type Jobs, type JobsOptions } from './jobs.ts';

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

function startJobs(step: JobsOptions['step']): Promise<Jobs> {
  return createJobs({
    providers: [{ name: 'sketch', submitDeadline: 1_000 }],
    connect: (name, user) => connectQueueRedis({ url: server.url, name, logger: quiet }, user),
    step,
    logger: pino({ level: 'silent' }),
  });
}

/** As much of a generation as a queue looks at. */
const generation = (generationId: string) =>
  ({ generationId, details: { route: { provider: 'sketch' } } }) as Parameters<Jobs['enqueue']>[0];

test('a step whose lock ran out while it was under way is not started a second time beside it', async () => {
  let [atOnce, most, steps] = [0, 0, 0];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const jobs = await startJobs(async () => {
    steps += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await finished;
    atOnce -= 1;
    return { done: true };
  });
  try {
    await jobs.enqueue(generation('g1'));
    await expect.poll(() => steps).toBe(1);
    await redis.del('bull:generations-sketch:g1:lock');
    await expect.poll(() => redis.zCard('bull:generations-sketch:delayed'), { timeout: 15_000 }).toBe(1);
    expect([steps, most]).toEqual([1, 1]);
    finish();
    await expect.poll(() => steps, { timeout: 15_000 }).toBe(2);
    expect(most).toBe(1);
  } finally {
    finish();
    await jobs.close();
  }
}, 60_000);

test('a step that is hurried while the one before it is under way follows at once', async () => {
  let steps = 0;
  const jobs: Jobs = await startJobs(async () => {
    steps += 1;
    if (steps === 1) await jobs.hurry(generation('g4'));
    return steps === 1 ? { done: false, afterMs: 600_000 } : { done: true };
  });
  await jobs.enqueue(generation('g4'));
  await expect.poll(() => steps).toBe(2);
  await jobs.close();
});

test('a queue that does not answer keeps nobody waiting: the sweeper will queue it', async () => {
  const jobs = await startJobs(async () => ({ done: true }));
  const pid = Number(/process_id:(\d+)/.exec(String(await redis.info('server')))?.[1]);
  process.kill(pid, 'SIGSTOP');
  try {
    const start = performance.now();
    await Promise.all([jobs.enqueue(generation('g2')), jobs.hurry(generation('g2'))]);
    expect(performance.now() - start).toBeLessThan(3_500);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await jobs.close();
}, 60_000);

test('a step that waits for its time is taken soon after Redis was killed and is back', async () => {
  let steps = 0;
  const jobs = await startJobs(async () => {
    steps += 1;
    return { done: false, afterMs: 500 };
  });
  await jobs.enqueue(generation('g3'));
  await expect.poll(() => steps).toBeGreaterThan(2);
  await expect.poll(() => redis.zScore('bull:generations-sketch:delayed', 'g3')).not.toBeNull();
  const back = new Promise((resolve) => redis.once('ready', resolve));
  process.kill(Number(/process_id:(\d+)/.exec(String(await redis.info('server')))?.[1]), 'SIGKILL');
  await back;
  const before = steps;
  await expect.poll(() => steps, { timeout: 5_000 }).toBeGreaterThan(before + 1);
  await jobs.close();
}, 60_000);
