import { randomUUID } from 'node:crypto';
import { ErrorReply } from 'redis';
import { z } from 'zod';
import { rewriteAppendOnlyFile } from './append-only-file.ts';
import type { RedisClient } from './connect.ts';
import { readInfo } from './read-info.ts';
import { mastersOf } from './topology.ts';

export interface GuardOptions {
  /** `always`: every write is on the disk before its reply. `everysec`: the operator accepts to lose a second. */
  readonly durability: 'always' | 'everysec';
  /** In development, settings that could lose credits are told instead of refused. */
  readonly isDevelopment: boolean;
  /** The ledger that this broker has used before; an empty or other server is then refused. */
  readonly ledgerId?: string;
}

export interface GuardedLedger {
  /** The ledger's identity, made on the first start and kept on the server. */
  readonly ledgerId: string;
  /** In development only: what would be refused in production. */
  readonly warnings: readonly string[];
}

/** The server could lose, evict or mix up money. The message names everything that is wrong, and what to change. */
class UnsafeRedisError extends Error {
  override readonly name = 'UnsafeRedisError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`This Redis server is not safe for credits:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Where the ledger's identity is kept. */
const IDENTITY = 'meta:ledger';

const SETTINGS = ['maxmemory-policy', 'appendonly', 'appendfsync', 'no-appendfsync-on-rewrite', 'aof-load-truncated'];

type Fields = Readonly<Record<string, string | undefined>>;

/**
 * The start-up guard of design/ledger.md: refuses a server that could lose, evict or mix up money. Cheap enough to be
 * asked again at every readiness check; only the first time after the server's start it may rewrite the append-only
 * file, and waits for that.
 *
 * @throws UnsafeRedisError naming every wrong setting and what to change.
 */
export async function checkRedisForMoney(redis: RedisClient, options: GuardOptions): Promise<GuardedLedger> {
  const servers = await Promise.all((await mastersOf(redis)).map((server) => inspect(server, options.durability)));
  const faults = servers.flatMap((server) => server.faults);
  const lossy = [...new Set(servers.flatMap((server) => server.lossy))];
  if (faults.length > 0 || (lossy.length > 0 && !options.isDevelopment))
    throw new UnsafeRedisError([...faults, ...lossy]);
  await Promise.all(servers.map(({ server, mayBeTorn }) => mayBeTorn && rewriteAppendOnlyFile(server)));
  return { ledgerId: await identify(redis, options), warnings: lossy };
}

/** What is wrong with one server; `lossy` is what development lets pass. */
async function inspect(server: RedisClient, durability: GuardOptions['durability']) {
  const [info, settings] = await Promise.all([
    server.info().then((reply) => readInfo(String(reply))),
    readSettings(server),
  ]);
  const faults = serverFaults(info);
  if (info.cluster_enabled === '1') {
    const cluster = readInfo(String(await server.sendCommand(['CLUSTER', 'INFO'])));
    if (cluster.cluster_state !== 'ok') faults.push(`cluster_state is ${cluster.cluster_state}: repair the cluster`);
  }
  const mayBeTorn = info.aof_enabled === '1' && settings['aof-load-truncated'] !== 'no' && info.aof_rewrites === '0';
  return { server, faults, lossy: settingFaults(info, settings, durability), mayBeTorn };
}

/** A managed server may not allow CONFIG; then INFO says what it can. */
async function readSettings(redis: RedisClient): Promise<Fields> {
  try {
    return z.record(z.string(), z.string()).parse({ ...(await redis.configGet(SETTINGS)) });
  } catch (error) {
    if (error instanceof ErrorReply) return {};
    throw error;
  }
}

function serverFaults(info: Fields): string[] {
  const faults: string[] = [];
  if (Number.parseInt(info.redis_version ?? '0', 10) < 7) {
    faults.push(`redis_version is ${info.redis_version}: use 7.0 or later`);
  }
  if (info.role !== 'master') faults.push(`role is ${info.role}: connect to the master`);
  if (info.loading !== '0') faults.push('loading is 1: wait until it has loaded its data');
  return faults;
}

function settingFaults(info: Fields, settings: Fields, durability: GuardOptions['durability']): string[] {
  const faults: string[] = [];
  const expect = (name: string, value: string | undefined, wanted: string) => {
    if (value !== wanted) faults.push(`${name} is ${value ?? 'unknown'}: set it to ${wanted}`);
  };
  expect('maxmemory-policy', settings['maxmemory-policy'] ?? info.maxmemory_policy, 'noeviction');
  expect('appendonly', info.aof_enabled === '1' ? 'yes' : 'no', 'yes');
  if (info.aof_enabled !== '1') return faults;
  expect('aof_last_write_status', info.aof_last_write_status, 'ok');
  expect('aof_last_bgrewrite_status', info.aof_last_bgrewrite_status, 'ok');
  expect('no-appendfsync-on-rewrite', settings['no-appendfsync-on-rewrite'], 'no');
  if (durability === 'everysec' && settings.appendfsync === 'everysec') return faults;
  if (settings.appendfsync !== 'always') {
    const or = durability === 'always' ? ', or accept to lose a second with INKPOT_DURABILITY=everysec' : '';
    faults.push(`appendfsync is ${settings.appendfsync ?? 'unknown'}: set it to always${or}`);
  }
  return faults;
}

/** Finds the ledger's identity, or makes one on a server that has never held anything. */
async function identify(redis: RedisClient, { ledgerId: expected, isDevelopment }: GuardOptions): Promise<string> {
  const found = await redis.get(IDENTITY);
  if (found !== null) {
    if (expected === undefined || found === expected) return found;
    throw new UnsafeRedisError([`${IDENTITY} is ${found}: this broker's ledger is ${expected}, connect to its server`]);
  }
  if (expected !== undefined) {
    throw new UnsafeRedisError([`${IDENTITY} is missing: this broker's ledger is ${expected}, restore its data`]);
  }
  if (!isDevelopment && (await holdsAnything(redis))) {
    throw new UnsafeRedisError([
      `${IDENTITY} is missing, but the server holds other data: give Inkpot a server of its own`,
    ]);
  }
  await redis.set(IDENTITY, randomUUID(), { condition: 'NX' });
  return (await redis.get(IDENTITY)) ?? identify(redis, { durability: 'always', isDevelopment });
}

async function holdsAnything(redis: RedisClient): Promise<boolean> {
  const sizes = await Promise.all((await mastersOf(redis)).map((server) => server.dbSize()));
  return sizes.some((size) => size > 0);
}
