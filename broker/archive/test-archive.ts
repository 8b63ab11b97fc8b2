import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect } from 'vitest';
import { type Alarm, createAlarms } from '../alarms/alarms.ts';
import { loadKeys } from '../auth/keys.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { readLog } from '../ledger/read-log.ts';
import { aHold, fundedPool, startTestLedger } from '../ledger/test-ledger.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { ArchiveStore } from './archive-store.ts';
import { createArchiver } from './archiver.ts';
import { createDiskArchive } from './disk-archive.ts';
import { createSeal } from './seal.ts';

/** A ledger on a real Redis, a folder for its archive, and an operator whose log is read. */
export async function startTestArchive() {
  const { ledger, redis, url } = await startTestLedger();
  const root = await mkdtemp(join(tmpdir(), 'inkpot-archive-'));
  afterAll(() => rm(root, { recursive: true, force: true }));
  const seal = await createSeal((await loadKeys(redis)).jwks.keys);
  const store = createDiskArchive(root);
  const raised: Pick<Alarm, 'kind' | 'about'>[] = [];

  /** @param parts of a broker that is worse off than others. */
  function archiver(parts: { redis?: RedisClient; store?: ArchiveStore } = {}) {
    const connection = parts.redis ?? redis;
    const log = { write: (line: string) => void raised.push(alarmIn(line)) };
    const alarms = createAlarms({
      redis,
      metrics: { alarmRaised: () => undefined },
      mailer: null,
      operatorEmail: undefined,
      publicUrl: 'http://localhost',
      logger: pino({ level: 'error' }, log),
    });
    const logger = pino({ level: 'silent' });
    const own = { redis: connection, ledger: createLedger(connection), store: parts.store ?? store };
    return createArchiver({ ...own, seal, alarms, logger });
  }

  /** Keeps everything that Redis has of a pool, to put it back as it was. */
  async function backUp(poolId: string): Promise<() => Promise<void>> {
    const keys = await redis.keys(`*{${poolId}}*`);
    const dumps = await Promise.all(keys.map((key) => redis.sendCommand(['COPY', key, `backup:${key}`, 'REPLACE'])));
    expect(dumps).toEqual(keys.map(() => 1));
    return async () => {
      const now = (await redis.keys(`*{${poolId}}*`)).filter((key) => !key.startsWith('backup:'));
      await redis.del(now);
      for (const key of keys) await redis.sendCommand(['COPY', `backup:${key}`, key]);
    };
  }

  return {
    ledger,
    redis,
    url,
    backUp,
    root,
    store,
    seal,
    archiver,
    /** The alarms about a pool, oldest first. */
    alarmsAbout: (poolId: string) => raised.filter(({ about }) => about === poolId).map(({ kind }) => kind),
    logLength: (poolId: string) => redis.xLen(poolKeys(poolId).log),
    /** Every entry of a pool as the log has it. */
    allEntries: (poolId: string) => readLog(redis, poolId, 1, Number.MAX_SAFE_INTEGER),
  };
}

function alarmIn(line: string): Pick<Alarm, 'kind' | 'about'> {
  const { alarm: kind, about } = JSON.parse(line) as { alarm: Alarm['kind']; about: string };
  return { kind, about };
}

/** A pool with so many entries: credits, then holds and captures of them. */
export async function busyPool(ledger: Ledger, entries: number) {
  const pool = await fundedPool(ledger, { paid: 1_000_000, gift: 500 });
  await carryOn(ledger, pool, entries - 3);
  return pool;
}

/** So many more entries. */
export async function carryOn(ledger: Ledger, pool: { poolId: string; memberId: string }, entries: number) {
  const holds = Array.from({ length: Math.floor(entries / 2) }, () => aHold(pool, 10));
  await Promise.all(holds.map((hold) => ledger.hold(hold)));
  const settle = { reference: 'job', actor: 'worker' };
  await Promise.all(
    holds.map(({ generationId, ceiling: actual }) => ledger.capture({ ...pool, ...settle, generationId, actual })),
  );
  if (entries % 2 === 1) await ledger.hold(aHold(pool, 10));
}
