import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { aHold, fundedPool } from '../ledger/test-ledger.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { freePort } from '../redis/free-port.ts';
import { launchServer } from '../redis/server-process.ts';
import { quiet } from '../redis/test-redis.ts';
import { EVERY_BYTE, SEED } from './rounds.ts';
import { untilAnswered } from './until-answered.ts';

/** Places at which the file is torn in `npm test`. */
const SAMPLE = 6;

/** Each needs a server of its own, which mostly waits for its disk. */
const AT_ONCE = 4;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'inkpot-torn-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** On a port that is free; somebody else may take it between the look and the start. */
async function launch(dataDir: string) {
  return untilAnswered(async () => {
    const options = { dataDir, executable: 'redis-server', port: await freePort(), secret: 'secret' };
    return { options, server: await launchServer(options) };
  });
}

/** Lets a server run on a directory for as long as `use` takes, and kills it. */
async function onServer<T>(dataDir: string, use: (ledger: Ledger, redis: RedisClient) => Promise<T>): Promise<T> {
  const { server, options } = await launch(dataDir);
  const url = `redis://:${options.secret}@127.0.0.1:${options.port}`;
  const redis = await connectRedis({ url, name: 'torn', logger: quiet });
  try {
    return await use(createLedger(redis), redis);
  } finally {
    redis.destroy();
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  }
}

/** The file that is being written to. */
async function appendOnlyFile(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'appendonlydir');
  const [file] = (await readdir(directory)).filter((name) => name.endsWith('.incr.aof'));
  return join(directory, file ?? '');
}

const settlement = { reference: 'job', actor: 'worker' };
const payment = {
  paymentId: 'pi_later',
  amount: millicredits(5),
  origin: 'paid',
  reference: 'cs',
  actor: 'a',
} as const;

test(
  `a file torn within its last two transactions gives a whole number of them, through two restarts (FAULT_SEED=${SEED})`,
  async () => {
    const original = await mkdtemp(join(root, 'original-'));
    const { pool, from, to } = await onServer(original, async (ledger) => {
      const funded = await fundedPool(ledger, { paid: 1_000 });
      const command = aHold(funded, 100);
      const file = await appendOnlyFile(original);
      await ledger.hold(aHold(funded, 50));
      const before = (await stat(file)).size;
      await ledger.hold(command);
      await ledger.capture({ ...funded, generationId: command.generationId, actual: millicredits(70), ...settlement });
      return { pool: funded, from: before, to: (await stat(file)).size };
    });

    const places = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const [torn = []] = EVERY_BYTE
      ? [places]
      : fc.sample(fc.shuffledSubarray(places, { minLength: SAMPLE, maxLength: SAMPLE }), { seed: SEED, numRuns: 1 });
    // Both ends as well: nothing of the two, and all of them.
    const left = [...new Set([from, ...torn, to])];
    const seen = new Set<number>();
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let place = left.pop(); place !== undefined; place = left.pop()) {
        seen.add(await tear(original, place, pool.poolId));
      }
    });
    await Promise.all(workers);
    // Three entries come before the two.
    expect([...seen].toSorted()).toEqual(EVERY_BYTE ? [3, 4, 5] : expect.arrayContaining([3, 5]));
  },
  EVERY_BYTE ? 3_600_000 : 60_000,
);

/** @returns how many entries the torn file had: the same after both restarts, but for what was written between them. */
async function tear(original: string, place: number, poolId: string): Promise<number> {
  const dataDir = join(root, randomUUID());
  await cp(original, dataDir, { recursive: true });
  await truncate(await appendOnlyFile(dataDir), place);
  const first = await onServer(dataDir, async (ledger, redis) => {
    expect(await auditPool(redis, poolId), `torn at ${place}`).toEqual([]);
    const entries = await ledger.listEntries(poolId, { limit: 100 });
    await ledger.topup({ poolId, ...payment });
    return entries;
  });
  await onServer(dataDir, async (ledger, redis) => {
    expect(await auditPool(redis, poolId), `torn at ${place}, second restart`).toEqual([]);
    const [last, ...rest] = await ledger.listEntries(poolId, { limit: 100 });
    expect(last, `torn at ${place}`).toMatchObject({ kind: 'topup', operationId: payment.paymentId });
    expect(rest).toEqual(first);
  });
  await rm(dataDir, { recursive: true });
  return first.length;
}
