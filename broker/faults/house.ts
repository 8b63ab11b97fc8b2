import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GenerationAnswer } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { freePort } from '../redis/free-port.ts';
import { launchServer } from '../redis/server-process.ts';
import { quiet } from '../redis/test-redis.ts';
import { type BrokerProcess, warmBroker } from '../testing/broker-process.ts';
import { createPerson, type Person } from '../testing/person.ts';
import { type RedisProxy, startRedisProxy } from './redis-proxy.ts';

export const VICTIMS = ['broker', 'redis', 'both'] as const;
export type Victim = (typeof VICTIMS)[number];

/** The built broker, a Redis behind a proxy, and a fal, which can be killed and are brought up again. */
export interface House {
  /** Around the proxy: what the server really has. */
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  readonly proxy: RedisProxy;
  readonly fal: FakeFal;
  /** Somebody with a pool of their own and so many credits. */
  newPerson(credits: number): Promise<Person>;
  /** kill -9, and everything up again: as whoever supervises it would do it. */
  kill(victim: Victim): Promise<void>;
  stop(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-faults-'));
  const server = { dataDir, executable: 'redis-server', port: await freePort(), secret: randomUUID() };
  let redisServer = await launchServer(server);
  const url = `redis://:${server.secret}@127.0.0.1:${server.port}`;
  const redis = await connectRedis({ url, name: 'faults', logger: quiet });
  const ledger = createLedger(redis);
  const proxy = await startRedisProxy(url);
  const fal = await startFakeFal();
  const env = {
    PORT: String(await freePort()),
    REDIS_URL: proxy.url,
    INKPOT_DATA_DIR: dataDir,
    FAL_KEY: 'test-key',
    FAL_BASE_URL: fal.url,
    LOG_LEVEL: 'fatal',
  };
  let next = warmBroker(env);
  let broker = await startBroker();
  let people = 0;

  /** The next one gets ready meanwhile, so that a start costs a third of a second. */
  async function startBroker(): Promise<BrokerProcess> {
    const started = next.start();
    next = warmBroker(env);
    return started;
  }

  async function killRedis(): Promise<void> {
    process.kill(redisServer.pid, 'SIGKILL');
    await redisServer.exited;
  }

  async function startRedis(): Promise<void> {
    redisServer = await launchServer(server);
    await untilAnswered(() => redis.ping());
  }

  return {
    redis,
    ledger,
    proxy,
    fal,
    async newPerson(credits) {
      people += 1;
      const person = await createPerson(redis, `http://localhost:${env.PORT}`, `person${people}@example.com`);
      await person.topUp(credits);
      return person;
    },
    async kill(victim) {
      await Promise.all([victim !== 'redis' && broker.kill(), victim !== 'broker' && killRedis()]);
      proxy.cut();
      if (victim !== 'broker') await startRedis();
      if (victim !== 'redis') broker = await startBroker();
    },
    async stop() {
      await Promise.all([broker.kill(), next.kill()]);
      redis.destroy();
      await fal.close();
      await proxy.close();
      await redisServer.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * One click as the plugin makes it: one quote, and the same request with the same key until there is an answer.
 * @returns the id of the generation that was acknowledged.
 */
export async function click(person: Person, model: string, settings: Settings): Promise<string> {
  const { token } = await untilAnswered(() => person.quote(model, settings));
  const request = {
    method: 'POST',
    body: JSON.stringify({ quote: token, settings }),
    headers: { 'Idempotency-Key': randomUUID() },
  };
  return untilAnswered(async () => {
    const response = await person.request('/v1/generations', request);
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    return GenerationAnswer.parse(await response.json()).generation.id;
  });
}

/** How long somebody goes on asking, in ms. */
const PATIENCE = 30_000;

async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}
