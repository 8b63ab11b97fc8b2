import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../redis/embedded.ts';
import { startBroker } from '../start-broker.ts';
import { createPerson, type Person } from './person.ts';

/** A whole broker in this process, on a real Redis of its own and with a fal that speaks the true wire. */
export interface TestBroker {
  readonly url: string;
  readonly redis: RedisClient;
  readonly embedded: EmbeddedRedis;
  readonly fal: FakeFal;
  /** A new account with so many credits. */
  person(credits: number): Promise<Person>;
  stop(): Promise<void>;
}

/** Starts one, as `npm start` would with a key for fal. */
export async function startTestBroker(env: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-broker-'));
  const logger = pino({ level: 'silent' });
  const embedded = await startEmbeddedRedis({ dataDir: join(dataDir, 'redis'), logger });
  const fal = await startFakeFal();
  const config = readConfig({
    PORT: '0',
    INKPOT_DATA_DIR: dataDir,
    REDIS_URL: embedded.url,
    FAL_KEY: 'test-key',
    FAL_BASE_URL: fal.url,
    ...env,
  });
  const broker = await startBroker(config, logger);
  const redis = await connectRedis({ url: embedded.url, name: 'test', logger });
  let people = 0;
  return {
    url: broker.url,
    redis,
    embedded,
    fal,
    async person(credits) {
      people += 1;
      const person = await createPerson(redis, broker.url, `person${people}@example.com`);
      if (credits > 0) await person.topUp(credits);
      return person;
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
