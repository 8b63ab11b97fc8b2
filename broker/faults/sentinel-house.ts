import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '../redis/free-port.ts';
import { newClient } from '../redis/new-client.ts';
import { untilAnswered } from './until-answered.ts';

interface Server {
  readonly port: number;
  readonly process: ChildProcess;
  /** One command, on a connection of its own. */
  command(...words: string[]): Promise<unknown>;
}

/** A master with a replica, and a sentinel that promotes it. */
export interface SentinelHouse {
  /** For `REDIS_URL`: by the sentinel. */
  readonly url: string;
  readonly master: Server;
  readonly replica: Server;
  /** The master that the sentinel watches: its address is named a moment before its failover has ended. */
  watchedPort(): Promise<number>;
  /** What an operator does when a lost server does not come back. */
  forgetTheLost(): Promise<unknown>;
  stop(): Promise<void>;
}

const Watched = z.object({ port: z.string() });

const SAFE = ['--appendonly', 'yes', '--appendfsync', 'always', '--aof-load-truncated', 'no', '--save', ''];

export async function openSentinelHouse(): Promise<SentinelHouse> {
  const root = await mkdtemp(join(tmpdir(), 'inkpot-sentinel-'));
  const servers: Server[] = [];
  const start = async (...settings: string[]) => {
    const server = await startServer(root, settings);
    servers.push(server);
    return server;
  };
  const master = await start(...SAFE, '--repl-diskless-sync-delay', '0');
  const replica = await start(...SAFE, '--replicaof', `127.0.0.1 ${master.port}`);
  const file = join(root, 'sentinel.conf');
  const watch = [
    `sentinel monitor inkpot 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds inkpot 1000',
    'sentinel failover-timeout inkpot 5000',
  ];
  await writeFile(file, watch.join('\n'));
  const sentinel = await start(file, '--sentinel');
  await untilAnswered(async () => {
    const known = await sentinel.command('SENTINEL', 'REPLICAS', 'inkpot');
    const info = String(await replica.command('INFO', 'replication'));
    if (!Array.isArray(known) || known.length === 0 || !info.includes('master_link_status:up')) {
      throw new Error('the servers do not come together');
    }
  });
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/inkpot`,
    master,
    replica,
    async watchedPort() {
      const { port } = Watched.parse(await sentinel.command('SENTINEL', 'MASTER', 'inkpot'));
      return Number(port);
    },
    forgetTheLost: () => sentinel.command('SENTINEL', 'RESET', 'inkpot'),
    async stop() {
      await Promise.all(servers.map(({ process }) => end(process)));
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** @param settings a configuration file first, where there is one. */
async function startServer(root: string, settings: readonly string[], executable = 'redis-server'): Promise<Server> {
  const port = await freePort();
  const dir = await mkdtemp(join(root, 'server-'));
  const args = [...settings, '--port', String(port), '--dir', dir, '--bind', '127.0.0.1'];
  const child = spawn(executable, args, { stdio: 'ignore' });
  const server: Server = {
    port,
    process: child,
    async command(...words) {
      const client = newClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
      client.on('error', () => undefined);
      await client.connect();
      return client.sendCommand(words).finally(() => client.destroy());
    },
  };
  await untilAnswered(() => server.command('PING'));
  return server;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
