import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../redis/embedded.ts';
import { freePort } from '../redis/free-port.ts';
import { startBroker } from '../start-broker.ts';
import { createPerson, type Person } from './person.ts';

/** A whole broker in this process, on a real Redis of its own and with a fal that speaks the true wire. */
export interface TestBroker {
  readonly url: string;
  readonly redis: RedisClient;
  readonly embedded: EmbeddedRedis;
  readonly fal: FakeFal;
  /** Where it keeps its pictures. */
  readonly dataDir: string;
  /** A new account with so many credits. */
  person(credits: number): Promise<Person>;
  /** Drains it, and starts it anew at the same address, on the same Redis and the same files. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one, as `npm start` would with a key for fal. */
export async function startTestBroker(env: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-broker-'));
  const logger = pino({ level: 'silent' });
  const embedded = await startEmbeddedRedis({ dataDir: join(dataDir, 'redis'), logger });
  const fal = await startFakeFal();
  const settings = {
    PORT: String(await freePort()),
    INKPOT_DATA_DIR: dataDir,
    REDIS_URL: embedded.url,
    REDIS_CACHE_URL: embedded.url,
    FAL_KEY: 'test-key',
    FAL_BASE_URL: fal.url,
    ...env,
  };
  let broker = await startBroker(readConfig(settings), logger);
  const redis = await connectRedis({ url: settings.REDIS_URL, name: 'test', logger });
  let people = 0;
  return {
    url: broker.url,
    redis,
    embedded,
    fal,
    dataDir,
    async person(credits) {
      people += 1;
      const person = await createPerson(redis, broker.url, `person${people}@example.com`);
      if (credits > 0) await person.topUp(credits);
      return person;
    },
    async restart(changes = {}) {
      await broker.stop();
      broker = await startBroker(readConfig({ ...settings, ...changes }), logger);
    },
    async stop() {
      await broker.stop();
      redis.destroy();
      await fal.close();
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
