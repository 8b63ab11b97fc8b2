import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hold } from '../../ledger/hold.ts';
import type { RedisClient } from '../../redis/connect.ts';
import { openRichPool, type Scene, sketchHold } from './scene.ts';

const run = promisify(execFile);

/** What `redis-benchmark` replaces by a random number with each call; here it is what makes ids new. */
const ANY_NUMBER = '__rand_int__';

/** Requests per second, then the latency: mean, least, p50, p95, p99, most. */
const COLUMNS = /"([\d.]+)","([\d.]+)","([\d.]+)","([\d.]+)","([\d.]+)","([\d.]+)","[\d.]+"$/;

/** The same hold without the broker: Redis's own load generator, which parses no answer. */
export interface BareHolds {
  readonly holdsPerSecond: number;
  /** ms */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends the hold script by `redis-benchmark`, word for word as the ledger sends it, with the ids of holds at random.
 * All on one pool: its placeholders are independent of each other, and a hold's keys are not.
 */
export async function measureBareHolds(scene: Scene, clients: number, requests: number): Promise<BareHolds> {
  const poolId = await openRichPool(scene.ledger);
  const words = await wordsOf(scene.redis, poolId);
  const { port, password } = new URL(scene.server.url);
  const { stdout } = await run('redis-benchmark', [
    ...['-p', port, '-a', password, '-c', String(clients), '-n', String(requests), '-r', '1000000000', '--csv'],
    ...words,
  ]);
  const balance = await scene.ledger.readPool(poolId);
  // Two ids in a million may be alike.
  if (!balance || balance.openHolds < requests * 0.999) throw new Error(`not all of ${requests} holds were made`);
  // The first column is the command with its quotes as they are, so the columns are counted from the end.
  const [holdsPerSecond, , , p50, , p99] = (stdout.trimEnd().match(COLUMNS) ?? []).slice(1).map(Number);
  if (!holdsPerSecond || !p50 || !p99) throw new Error(`redis-benchmark said ${stdout.slice(-500)}`);
  return { holdsPerSecond, p50, p99 };
}

/** The command of a hold, as it is caught on its way to Redis. */
async function wordsOf(redis: RedisClient, poolId: string): Promise<string[]> {
  let words: string[] = [];
  const watched = Object.create(redis, {
    evalSha: {
      value: (sha: string, call: { keys: string[]; arguments: string[] }) => {
        words = ['EVALSHA', sha, String(call.keys.length), ...call.keys, ...call.arguments];
        return redis.evalSha(sha, call);
      },
    },
  });
  await hold(watched, sketchHold(poolId, ANY_NUMBER));
  return words;
}
