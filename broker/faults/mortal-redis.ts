import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { freePort } from '../redis/free-port.ts';
import { launchServer } from '../redis/server-process.ts';
import { quiet } from '../redis/test-redis.ts';
import { type RedisProxy, startRedisProxy } from './redis-proxy.ts';
import { untilAnswered } from './until-answered.ts';

/** A Redis behind a proxy, which can be killed. */
export interface MortalRedis {
  /** Around the proxy: what the server really has. */
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  readonly proxy: RedisProxy;
  readonly dataDir: string;
  /** kill -9 */
  kill(): Promise<void>;
  /** On the same port, with the same files. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMortalRedis(): Promise<MortalRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-faults-'));
  const options = { dataDir, executable: 'redis-server', port: await freePort(), secret: randomUUID() };
  let server = await launchServer(options);
  const url = `redis://:${options.secret}@127.0.0.1:${options.port}`;
  const redis = await connectRedis({ url, name: 'faults', logger: quiet });
  const proxy = await startRedisProxy(url);
  return {
    redis,
    ledger: createLedger(redis),
    proxy,
    dataDir,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async start() {
      server = await launchServer(options);
      await untilAnswered(() => redis.ping());
    },
    async stop() {
      redis.destroy();
      await proxy.close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
