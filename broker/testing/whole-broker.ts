import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { startEmbeddedRedis } from '../redis/embedded.ts';
import { freePort } from '../redis/free-port.ts';
import { quiet } from '../redis/test-redis.ts';
import { createPerson, type Person } from './person.ts';

const COLLECT_GARBAGE = new URL('./collect-garbage.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('../../dist/broker/main.js', import.meta.url));

const FLAGS = ['--enable-source-maps', '--expose-gc', '--import', COLLECT_GARBAGE];

/** The built broker as its operator runs it, in a process of its own, with all that it says kept. */
export interface WholeBroker {
  readonly url: string;
  readonly port: number;
  readonly redis: RedisClient;
  /** Its password and all. */
  readonly redisUrl: string;
  /** Where it keeps its pictures. */
  readonly dataDir: string;
  readonly fal: FakeFal;
  /** Everything that it has written to standard output and standard error. */
  said(): string;
  /** A new account with so many credits. */
  person(credits: number): Promise<Person>;
  /** One of its metrics, or their sum over all labels. */
  metric(name: string): Promise<number>;
  /** What it keeps when all garbage is collected, and what the process takes, in bytes. */
  memory(): Promise<{ kept: number; process: number }>;
  /** Whether it still runs. */
  isAlive(): boolean;
  /** SIGTERM; gives its exit code, null when a signal ended it. */
  terminate(): Promise<number | null>;
  /** Starts it again on the same Redis and the same files. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a Redis of its own, with a fal that speaks the true wire. Needs `npm run build`. */
export async function startWholeBroker(env: Readonly<Record<string, string>> = {}): Promise<WholeBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-whole-'));
  const embedded = await startEmbeddedRedis({ dataDir: join(dataDir, 'redis'), logger: quiet });
  const fal = await startFakeFal({ key: env.FAL_KEY ?? 'test-key' });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    PATH: process.env.PATH,
    PORT: String(port),
    INKPOT_PUBLIC_URL: url,
    INKPOT_DATA_DIR: dataDir,
    REDIS_URL: embedded.url,
    FAL_KEY: 'test-key',
    FAL_BASE_URL: fal.url,
    ...env,
  };
  let said = '';
  let child: ChildProcess;
  let exited: Promise<number | null>;
  async function start(): Promise<void> {
    child = spawn(process.execPath, [...FLAGS, PROGRAM], { env: settings, stdio: 'pipe' });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk;
      });
    }
    exited = new Promise((resolve) => child.once('exit', resolve));
    while (!(await isReady(url))) {
      if (child.exitCode !== null) throw new Error(`the broker ended with ${child.exitCode}:\n${said}`);
      await sleep(20);
    }
  }
  async function terminate(): Promise<number | null> {
    child.kill('SIGTERM');
    return exited;
  }
  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }
  await start();
  const redis = await connectRedis({ url: embedded.url, name: 'test', logger: quiet });
  let people = 0;
  return {
    url,
    port,
    redis,
    redisUrl: embedded.url,
    dataDir,
    fal,
    said: () => said,
    start,
    terminate,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async person(credits) {
      people += 1;
      const person = await createPerson(redis, url, `person${people}@example.com`);
      if (credits > 0) await person.topUp(credits);
      return person;
    },
    metric,
    async memory() {
      // What the first collection lets go of frees more at the second.
      for (const _ of [1, 2]) {
        child.kill('SIGUSR2');
        await isReady(url);
      }
      const kept = (await metric('nodejs_heap_size_used_bytes')) + (await metric('nodejs_external_memory_bytes'));
      return { kept, process: await metric('process_resident_memory_bytes') };
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await exited;
      }
      redis.destroy();
      await fal.close();
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
