import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectRedis } from '../../redis/connect.ts';
import { startEmbeddedRedis } from '../../redis/embedded.ts';
import { freePort } from '../../redis/free-port.ts';
import { quiet } from '../../redis/test-redis.ts';
import { createPerson, type Person } from '../../testing/person.ts';
import { redisCpuSeconds } from '../redis-cpu.ts';
import type { InstantProviders } from './instant-providers.ts';

/** A broker in a process of its own, and Portkey's gateway in another. */
export interface House {
  readonly people: readonly Person[];
  /** `baseURL` of Portkey's gateway, for OpenAI's wire. */
  readonly portkey: string;
  /** What the broker's process holds in memory, in bytes. */
  memory(): Promise<number>;
  /** What the broker and its Redis have used of all cores so far, in seconds. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

/** Each may have 50 generations under way. */
const PEOPLE = 8;

/** More than all of them will spend. */
const CREDITS = 1_000_000;

/** @param program the bundled broker. */
export async function openHouse(program: string, providers: InstantProviders): Promise<House> {
  await mkdir('.cache', { recursive: true });
  const dataDir = await mkdtemp(join('.cache', 'bench-gateway-'));
  const embedded = await startEmbeddedRedis({ dataDir: join(dataDir, 'redis'), logger: quiet });
  const redis = await connectRedis({ url: embedded.url, name: 'bench', logger: quiet });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const broker = start([program], {
    PORT: String(port),
    INKPOT_PUBLIC_URL: url,
    INKPOT_DATA_DIR: dataDir,
    INKPOT_WEBHOOKS: 'on',
    REDIS_URL: embedded.url,
    NODE_ENV: 'production',
    INKPOT_ENV: 'development',
    LOG_LEVEL: 'warn',
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: providers.openai,
    FAL_KEY: 'bench',
    FAL_BASE_URL: providers.fal,
  });
  const portkeyPort = await freePort();
  const gateway = fileURLToPath(import.meta.resolve('@portkey-ai/gateway/build/start-server.js'));
  const portkey = start([gateway, `--port=${portkeyPort}`, '--headless'], { NODE_ENV: 'production' });
  await Promise.all([
    until(broker, async () => (await fetch(`${url}/readyz`)).ok),
    until(portkey, async () => (await fetch(`http://127.0.0.1:${portkeyPort}/`)).ok),
  ]);
  const people: Person[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    const person = await createPerson(redis, url, `bench${index}@example.com`);
    await person.topUp(CREDITS);
    people.push(person);
  }
  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  return {
    people,
    portkey: `http://127.0.0.1:${portkeyPort}/v1`,
    memory: () => metric('process_resident_memory_bytes'),
    async cpu() {
      const [broker, redisServer] = await Promise.all([metric('process_cpu_seconds_total'), redisCpuSeconds(redis)]);
      return broker + redisServer;
    },
    async close() {
      await Promise.all([end(broker), end(portkey)]);
      redis.destroy();
      await embedded.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function until(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  while (!(await isReady().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`);
    await sleep(20);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
