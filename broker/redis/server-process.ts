import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rewriteAppendOnlyFile } from './append-only-file.ts';
import { newClient } from './new-client.ts';
import { probeServer } from './probe-server.ts';
import { endProcess } from './processes.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly dataDir: string;
  readonly executable: string;
  readonly port: number;
  readonly secret: string;
}

/** Somebody else had the port by the time that the server asked for it. */
export class PortTakenError extends Error {}

/** A log longer than this is begun anew, in bytes. */
const LONG_LOG = 1_000_000;

/**
 * Becomes the server, and leaves a watcher beside it that ends the server when the third descriptor closes, which it
 * does however this process ends. `$$` is the shell's own id, which `exec` hands on to the server.
 */
const START_WITH_LIFELINE = '(read -r _ <&3; kill -TERM $$) & exec "$0" - 3<&-';

/** What a shell exits with when there is no such program. */
const NOT_FOUND = 127;

/**
 * Starts `redis-server` and waits until it has loaded its data and its append-only file is whole.
 * The settings go in by standard input, so that the password is neither in a file nor in the list of processes.
 * @throws PortTakenError when another program listens on the port; Error for whatever else keeps it from starting.
 */
export async function launchServer(options: ServerOptions): Promise<ServerProcess> {
  const { dataDir, executable, port } = options;
  const logPath = join(dataDir, 'redis.log');
  const log = await open(logPath, 'a', 0o600);
  if ((await log.stat()).size > LONG_LOG) await log.truncate();

  // A process group of its own: Ctrl-C must reach the broker alone, which drains and then ends the server.
  const stdio: StdioOptions = ['pipe', log.fd, log.fd, 'pipe'];
  const child = spawn('/bin/sh', ['-c', START_WITH_LIFELINE, executable], { stdio, detached: true });
  const exited = once(child, 'exit').then(() => undefined);
  await once(child, 'spawn').finally(() => log.close());
  const lifeline = child.stdio[3] as Socket;
  exited.finally(() => lifeline.destroy());
  // The broker's own connections keep it running, not this child.
  child.unref();
  lifeline.unref();
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(settings(options));

  const { pid } = child;
  if (pid === undefined) throw new Error('redis-server has no process id');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) await endProcess(pid);
    await exited;
  };
  try {
    await ready(options, pid, exited);
  } catch (cause) {
    await stop();
    if (child.exitCode === NOT_FOUND) throw notInstalled(executable, cause);
    const lines = (await readFile(logPath, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-5);
    const isTaken = lines.some((line) => line.includes('Address already in use'));
    throw new (isTaken ? PortTakenError : Error)(
      `redis-server did not start on port ${port}. Its log, ${logPath}, ends with:\n${lines.join('\n')}`,
      {
        cause,
      },
    );
  }
  return { pid, exited, stop };
}

function notInstalled(executable: string, cause: unknown): Error {
  return new Error(
    `Inkpot keeps its ledger in Redis, but there is no ${executable} here. Install it with ` +
      '`sudo apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` (macOS), ' +
      'or set REDIS_URL to a server of your own',
    { cause },
  );
}

function settings({ dataDir, port, secret }: ServerOptions): string {
  return [
    `bind 127.0.0.1`,
    `port ${port}`,
    `requirepass ${secret}`,
    `dir ${JSON.stringify(dataDir)}`,
    'daemonize no',
    'save ""',
    'appendonly yes',
    'appendfsync always',
    'no-appendfsync-on-rewrite no',
    'maxmemory-policy noeviction',
    // A stream's first block is 4 kB by default, which a hundred thousand quiet pools would pay for. With 768 bytes a
    // quiet pool takes less than 2 kB, and an entry of a busy one a fifth more than with 1,024 (npm run bench -- ledger).
    'stream-node-max-bytes 768',
    '',
  ].join('\n');
}

/** Longest that a server may take to answer at all, and then to load its data, in ms. */
const ANSWER_MS = 10_000;
const LOAD_MS = 300_000;

async function ready({ port, secret }: ServerOptions, pid: number, exited: Promise<void>): Promise<void> {
  let gone = false;
  exited.then(() => {
    gone = true;
  });
  const start = performance.now();
  for (;;) {
    if (gone) throw new Error('it ended while starting');
    const server = await probeServer(port, secret);
    if (server && server.pid !== pid) throw new Error(`port ${port} was taken by another server`);
    if (server && !server.loading) break;
    if (performance.now() - start > (server?.loading ? LOAD_MS : ANSWER_MS)) throw new Error('it does not answer');
    await sleep(10);
  }
  const client = newClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false }, password: secret });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await rewriteAppendOnlyFile(client);
  } finally {
    if (client.isOpen) client.destroy();
  }
}
