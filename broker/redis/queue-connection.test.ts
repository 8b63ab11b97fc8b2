import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { expect, test } from 'vitest';
import { connectQueueRedis } from './queue-connection.ts';
import { quiet, startTestRedis } from './test-redis.ts';

test('a worker that waits for jobs goes on after Redis was killed and is back, and closes without a trace', async () => {
  const server = await startTestRedis();
  const logger = quiet;
  const queueConnection = await connectQueueRedis({ url: server.url, name: 'queue', logger }, 'queue');
  const workerConnection = await connectQueueRedis({ url: server.url, name: 'worker', logger }, 'worker');
  const queue = new Queue('test', { connection: queueConnection });
  const worker = new Worker('test', async (job) => job.data, { connection: workerConnection });
  queue.on('error', () => undefined);
  worker.on('error', () => undefined);

  const first = new Promise((resolve) => worker.once('completed', resolve));
  await queue.add('job', 1, { jobId: 'a' });
  await first;

  const { serverPid } = JSON.parse(await readFile(join(server.dataDir, 'server.json'), 'utf8'));
  const back = new Promise((resolve) => queueConnection.once('ready', resolve));
  process.kill(serverPid, 'SIGKILL');
  await expect(queue.add('job', 2, { jobId: 'b' })).rejects.toThrow();
  await back;

  const second = new Promise<unknown>((resolve) => worker.once('completed', (job) => resolve(job.data)));
  await queue.add('job', 3, { jobId: 'c' });
  expect(await second).toBe(3);

  await worker.close();
  await queue.close();
  queueConnection.disconnect();
  workerConnection.disconnect();
  await server.stop();
});
