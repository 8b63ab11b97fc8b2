import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { newClient } from './new-client.ts';
import { readInfo } from './read-info.ts';

/** One server of a cluster that runs for a test. */
export interface TestNode {
  readonly port: number;
  /** On which it talks to the other servers. */
  readonly busPort: number;
  readonly process: ChildProcess;
  /** One command, on a connection of its own. */
  command(...words: string[]): Promise<unknown>;
}

/** A Redis Cluster for tests: 3 masters, each with a replica. */
export interface TestCluster {
  /** For `REDIS_URL`: all masters. */
  readonly url: string;
  /** The masters it began with; the replica of each is in the same place. */
  readonly masters: readonly TestNode[];
  readonly replicas: readonly TestNode[];
  stop(): Promise<void>;
}

const SHARDS = 3;
const SLOTS = 16_384;

/** How long a server may be silent until the others take it for dead, in ms. */
const NODE_TIMEOUT = 3_000;

export async function startTestCluster(): Promise<TestCluster> {
  const root = await mkdtemp(join(tmpdir(), 'inkpot-cluster-'));
  const nodes = await Promise.all(Array.from({ length: 2 * SHARDS }, () => startNode(root)));
  const [masters, replicas] = [nodes.slice(0, SHARDS), nodes.slice(SHARDS)];
  const stop = async () => {
    await Promise.all(nodes.map(({ process }) => end(process)));
    await rm(root, { recursive: true, force: true });
  };
  try {
    await bringTogether(masters, replicas);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: masters.map(({ port }) => `redis://127.0.0.1:${port}`).join(','), masters, replicas, stop };
}

async function bringTogether(masters: readonly TestNode[], replicas: readonly TestNode[]): Promise<void> {
  // As `redis-cli --cluster create` does. Masters that find each other with equal epochs settle it among themselves later,
  // and one that counts itself up may outbid a replica that has just taken its place.
  for (const [index, node] of masters.entries()) {
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  }
  for (const [index, node] of masters.entries()) {
    const [from = 0, to = 0] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / SHARDS));
    await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to - 1));
  }
  const nodes = [...masters, ...replicas];
  const [first, ...others] = nodes;
  for (const node of others) {
    await node.command('CLUSTER', 'MEET', '127.0.0.1', String(first?.port), String(first?.busPort));
  }
  for (const node of nodes) await until(async () => (await clusterInfo(node)).cluster_known_nodes === '6');
  for (const [index, node] of replicas.entries()) {
    const id = String(await masters[index]?.command('CLUSTER', 'MYID'));
    await until(() => succeeds(node.command('CLUSTER', 'REPLICATE', id)));
  }
  for (const node of nodes) await until(async () => (await clusterInfo(node)).cluster_state === 'ok');
  // One that has not had its first copy yet would not be promoted.
  for (const node of replicas) {
    await until(async () => readInfo(String(await node.command('INFO'))).master_link_status === 'up');
  }
}

async function startNode(root: string, executable = 'redis-server'): Promise<TestNode> {
  const [port, busPort] = await Promise.all([freePort(), freePort()]);
  const dir = await mkdtemp(join(root, 'node-'));
  const settings = {
    port,
    dir,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'aof-load-truncated': 'no',
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-node-timeout': NODE_TIMEOUT,
    'repl-diskless-sync-delay': 0,
    'stream-node-max-bytes': 768,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(executable, args, { stdio: 'ignore' });
  const node: TestNode = {
    port,
    busPort,
    process: child,
    async command(...words) {
      const client = newClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
      client.on('error', () => undefined);
      await client.connect();
      return client.sendCommand(words).finally(() => client.destroy());
    },
  };
  await until(() => succeeds(node.command('PING')));
  return node;
}

async function clusterInfo(node: TestNode) {
  return readInfo(String(await node.command('CLUSTER', 'INFO')));
}

function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** How long a cluster may take to come together, in ms. */
const PATIENCE = 30_000;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE; !(await isSo()); await sleep(20)) {
    if (performance.now() > end) throw new Error('the cluster does not come together');
  }
}
