import { randomUUID } from 'node:crypto';
import { GenerationAnswer } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { freePort } from '../redis/free-port.ts';
import { type BrokerProcess, warmBroker } from '../testing/broker-process.ts';
import { createPerson, type Person } from '../testing/person.ts';
import { type MortalRedis, startMortalRedis } from './mortal-redis.ts';
import { untilAnswered } from './until-answered.ts';

export const VICTIMS = ['broker', 'redis', 'both'] as const;
export type Victim = (typeof VICTIMS)[number];

/** The built broker, a Redis behind a proxy, and a fal, which can be killed and are brought up again. */
export interface House extends Pick<MortalRedis, 'redis' | 'ledger' | 'proxy'> {
  readonly fal: FakeFal;
  /** Somebody with a pool of their own and so many credits. */
  newPerson(credits: number): Promise<Person>;
  /** kill -9, and everything up again: as whoever supervises it would do it. */
  kill(victim: Victim): Promise<void>;
  stop(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const server = await startMortalRedis();
  const { redis, ledger, proxy, dataDir } = server;
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
      await Promise.all([victim !== 'redis' && broker.kill(), victim !== 'broker' && server.kill()]);
      proxy.cut();
      if (victim !== 'broker') await server.start();
      if (victim !== 'redis') broker = await startBroker();
    },
    async stop() {
      await Promise.all([broker.kill(), next.kill()]);
      await fal.close();
      await server.stop();
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
