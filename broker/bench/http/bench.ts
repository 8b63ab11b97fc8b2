/**
 * `npm run bench -- http`: `POST /v1/generations` of the built broker, up to its 202, on one core, beside an Express app
 * that only parses the same body and beside the same work on bare `node:http`.
 * @module
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Queue } from 'bullmq';
import { connectRedis } from '../../redis/connect.ts';
import { startEmbeddedRedis } from '../../redis/embedded.ts';
import { connectQueueRedis } from '../../redis/queue-connection.ts';
import { quiet } from '../../redis/test-redis.ts';
import { leaveFirstCore } from './cores.ts';
import { createDesigners } from './designers.ts';
import { print, summarize } from './report.ts';
import { type Saturated, saturate } from './saturate.ts';
import { startServer } from './server.ts';
import { measureSteady } from './steady.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** How often each is measured, in turns; the medians are shown. */
    rounds: { type: 'string', default: '5' },
  },
});

const PUBLIC_URL = 'http://bench.example';
const HERE = dirname(fileURLToPath(import.meta.url));

/** Together they may hold 50 each, which is enough for one turn. */
const DESIGNERS = 300;
const REQUESTS = 10_000;

const STEADY = { perSecond: 500, seconds: 20 };

leaveFirstCore();
await mkdir('.cache', { recursive: true });
const dataDir = await mkdtemp(join('.cache', 'bench-http-'));
const embedded = await startEmbeddedRedis({ dataDir: join(dataDir, 'redis'), logger: quiet });
const connection = { url: embedded.url, name: 'bench', logger: quiet };
const redis = await connectRedis(connection);
const queueConnection = await connectQueueRedis(connection, 'queue');
const queue = new Queue('generations-sketch', { connection: queueConnection });
// Said on the console if nobody listens.
queue.on('error', () => undefined);
// The work after the 202 is left out: jobs are queued as ever, and no worker takes them.
await queue.pause();
const designers = await createDesigners(redis, PUBLIC_URL, DESIGNERS);
const env = {
  REDIS_URL: embedded.url,
  INKPOT_DATA_DIR: dataDir,
  LOG_LEVEL: 'info',
  NODE_ENV: 'production',
  INKPOT_ENV: 'development',
};
const programs = ['broker', 'bare-node', 'bare-express'] as const;
const servers = await Promise.all(programs.map((name) => startServer(join(HERE, `${name}.mjs`), PUBLIC_URL, env)));
try {
  const turns = new Map<string, Saturated[]>(programs.map((name) => [name, []]));
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const [index, name] of programs.entries()) {
      const server = servers[index];
      if (!server) continue;
      const turn = await saturate(server, redis, designers, REQUESTS);
      // The first round only warms them up.
      if (round > 0) turns.get(name)?.push(turn);
      await settle(name === 'bare-express' ? 0 : REQUESTS);
    }
  }
  const steady = await measureSteady(servers[0]?.url ?? '', designers, STEADY);
  print(summarize(turns, steady), options.json);
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  await queue.close();
  queueConnection.disconnect();
  await embedded.stop();
  redis.destroy();
  await rm(dataDir, { recursive: true });
}

/** Every accepted request must have made its hold. */
async function settle(holds: number): Promise<void> {
  const settled = await designers.settle();
  await queue.drain(true);
  if (settled < holds) throw new Error(`${settled} holds for ${holds} requests`);
}
