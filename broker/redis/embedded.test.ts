import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { connectRedis, type RedisClient } from './connect.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from './embedded.ts';
import { freePort } from './free-port.ts';
import { newClient } from './new-client.ts';
import { probeServer } from './probe-server.ts';
import { commandOf } from './processes.ts';
import { quiet } from './test-redis.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newDirectory(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inkpot-embedded-'));
  cleanups.push(() => rm(dataDir, { recursive: true }));
  return dataDir;
}

async function start(dataDir: string): Promise<EmbeddedRedis> {
  const server = await startEmbeddedRedis({ dataDir, logger: quiet });
  cleanups.push(() => server.stop());
  return server;
}

async function open(url: string): Promise<RedisClient> {
  const redis = await connectRedis({ url, name: 'test', logger: quiet });
  cleanups.push(() => redis.destroy());
  return redis;
}

async function serverPid(dataDir: string): Promise<number> {
  const claim = z.object({ serverPid: z.int() });
  return claim.parse(JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))).serverPid;
}

/** A broker in a process of its own, which runs a server on the directory until it is killed. */
async function startElsewhere(dataDir: string) {
  const program = `
    import { startEmbeddedRedis } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))};
    const quiet = { info() {}, warn() {}, error() {} };
    const server = await startEmbeddedRedis({ dataDir: ${JSON.stringify(dataDir)}, logger: quiet });
    process.stdout.write(server.url);
    setInterval(() => undefined, 1000);
  `;
  const broker = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(broker, 'exit');
  cleanups.push(() => broker.kill('SIGKILL'));
  const [url] = await once(broker.stdout, 'data');
  return {
    url: String(url),
    async kill() {
      broker.kill('SIGKILL');
      await exited;
    },
  };
}

test('the private server keeps every acknowledged write on the disk, evicts nothing, and asks for a password', async () => {
  const dataDir = await newDirectory();
  const { url } = await start(dataDir);
  const redis = await open(url);

  const settings = [
    'appendonly',
    'appendfsync',
    'no-appendfsync-on-rewrite',
    'maxmemory-policy',
    'save',
    'bind',
    'stream-node-max-bytes',
  ];
  expect({ ...(await redis.configGet(settings)) }).toEqual({
    appendonly: 'yes',
    appendfsync: 'always',
    'no-appendfsync-on-rewrite': 'no',
    'maxmemory-policy': 'noeviction',
    save: '',
    bind: '127.0.0.1',
    'stream-node-max-bytes': '768',
  });
  expect((await stat(join(dataDir, 'secret'))).mode & 0o777).toBe(0o600);

  const stranger = newClient({
    socket: { port: Number(new URL(url).port), host: '127.0.0.1', reconnectStrategy: false },
  });
  stranger.on('error', () => undefined);
  await expect(stranger.connect().then(() => stranger.get('key'))).rejects.toThrow('NOAUTH');
  stranger.destroy();
});

test('writes that were acknowledged survive a server killed with -9, which is started again on the same port', async () => {
  const dataDir = await newDirectory();
  const { url } = await start(dataDir);
  const redis = await open(url);
  const first = await serverPid(dataDir);
  await Promise.all(Array.from({ length: 200 }, (_, index) => redis.set(`key:${index}`, String(index))));

  const back = new Promise((resolve) => redis.once('ready', resolve));
  process.kill(first, 'SIGKILL');
  await back;

  expect(await redis.dbSize()).toBe(200);
  expect(await redis.get('key:199')).toBe('199');
});

test('a stopped server is started again with its data', async () => {
  const dataDir = await newDirectory();
  const server = await startEmbeddedRedis({ dataDir, logger: quiet });
  await (await open(server.url)).set('key', 'value');
  const pid = await serverPid(dataDir);

  await server.stop();

  expect(await commandOf(pid)).toBeNull();
  const again = await open((await start(dataDir)).url);
  expect(await again.get('key')).toBe('value');
});

test('a broker killed with -9 takes its server with it, and the next start has its data', async () => {
  const dataDir = await newDirectory();
  const elsewhere = await startElsewhere(dataDir);
  await (await open(elsewhere.url)).set('key', 'value');
  const pid = await serverPid(dataDir);

  await elsewhere.kill();

  const redis = await open((await start(dataDir)).url);
  expect(await redis.get('key')).toBe('value');
  expect(await commandOf(pid)).toBeNull();
});

test('a server that hangs after its broker was killed is ended before another is started on its file', async () => {
  const dataDir = await newDirectory();
  const elsewhere = await startElsewhere(dataDir);
  await (await open(elsewhere.url)).set('key', 'value');
  const pid = await serverPid(dataDir);
  process.kill(pid, 'SIGSTOP');

  await elsewhere.kill();
  expect(await commandOf(pid)).not.toBeNull();

  const redis = await open((await start(dataDir)).url);
  expect(await redis.get('key')).toBe('value');
  expect(await commandOf(pid)).toBeNull();
});

test('a port that another program took meanwhile costs another try, and a machine full of them an error', async () => {
  const taken = await freePort();
  const other = createServer((socket) => socket.destroy()).listen(taken, '127.0.0.1');
  await once(other, 'listening');
  cleanups.push(() => other.close());
  const dataDir = await newDirectory();
  const ports = [taken, taken, await freePort()];
  const choosePort = async () => ports.shift() ?? taken;
  const server = await startEmbeddedRedis({ dataDir, logger: quiet, choosePort });
  expect(await (await open(server.url)).ping()).toBe('PONG');
  await server.stop();
  await expect(startEmbeddedRedis({ dataDir, logger: quiet, choosePort })).rejects.toThrow('Address already in use');
});

test('two brokers never share one directory', async () => {
  const dataDir = await newDirectory();
  const elsewhere = await startElsewhere(dataDir);

  await expect(startEmbeddedRedis({ dataDir, logger: quiet })).rejects.toThrow('INKPOT_DATA_DIR');

  const { port, password } = new URL(elsewhere.url);
  expect(await probeServer(Number(port), password)).toMatchObject({ pid: await serverPid(dataDir) });
});

test('without redis-server the error names the command that installs it, and REDIS_URL', async () => {
  const dataDir = await newDirectory();
  const starting = startEmbeddedRedis({ dataDir, executable: 'no-such-redis-server', logger: quiet });
  await expect(starting).rejects.toThrow(/apt-get install redis-server.*brew install redis.*REDIS_URL/);
});

test('a server that cannot start is reported with the end of its log', async () => {
  const dataDir = await newDirectory();
  const server = await startEmbeddedRedis({ dataDir, logger: quiet });
  await server.stop();
  await writeFile(join(dataDir, 'appendonlydir', 'appendonly.aof.manifest'), 'not a manifest');
  await expect(startEmbeddedRedis({ dataDir, logger: quiet })).rejects.toThrow(/redis\.log, ends with:\n.*manifest/s);
});
