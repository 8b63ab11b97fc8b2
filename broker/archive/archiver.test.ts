import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { poolKeys } from '../ledger/keys.ts';
import type { LogEntry } from '../ledger/read-log.ts';
import { fundedPool } from '../ledger/test-ledger.ts';
import { readMark } from './mark.ts';
import { readArchive } from './read-archive.ts';
import { busyPool, carryOn, startTestArchive } from './test-archive.ts';

const { ledger, redis, root, store, seal, archiver, alarmsAbout, logLength, allEntries, backUp } =
  await startTestArchive();

async function archived(poolId: string): Promise<LogEntry[]> {
  const mark = await readMark(store, seal, poolId);
  const entries: LogEntry[] = [];
  if (mark) for await (const { seq, entry } of readArchive(store, mark)) entries.push({ seq, entry });
  return entries;
}

/** A process that dies with its step number `last`: whatever it would do from then on is not done. */
function mortal(last: number) {
  let steps = 0;
  const dying = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          steps += 1;
          if (steps < last) return Reflect.apply(value, object, args);
          const dead = new InkpotError('broker_busy');
          if (name === 'list' || name === 'scanIterator') throw dead;
          return Promise.reject(dead);
        };
      },
    });
  return { parts: { redis: dying(redis), store: dying(store) }, died: () => steps >= last };
}

test('all but the newest 200 entries are archived, in order, and what is left is read and audited as before', async () => {
  const { poolId, ...member } = await busyPool(ledger, 930);
  const before = await allEntries(poolId);
  await archiver().runOnce();
  expect(await archived(poolId)).toEqual(before.slice(0, 730));
  expect(await allEntries(poolId)).toEqual(before.slice(729));
  expect(await auditPool(redis, poolId)).toEqual([]);

  await carryOn(ledger, { poolId, ...member }, 10);
  const after = await allEntries(poolId);
  await archiver().runOnce();
  expect((await archived(poolId)).map(({ seq }) => seq)).toEqual(Array.from({ length: 740 }, (_, index) => index + 1));
  expect((await archived(poolId)).slice(-10)).toEqual(after.slice(1, 11));
  expect(await logLength(poolId)).toBe(201);
  expect(await auditPool(redis, poolId)).toEqual([]);
  expect(alarmsAbout(poolId)).toEqual([]);
});

test('killed at any step and run again, nothing is dropped that is not archived, and nothing is archived twice', async () => {
  const pool = await busyPool(ledger, 230);
  const { poolId } = pool;
  const before = await allEntries(poolId);
  let kept: LogEntry[] = [];
  for (let step = 1, died = true; died; step++) {
    await carryOn(ledger, pool, 2);
    before.push(...(await allEntries(poolId)).slice(-2));
    const process = mortal(step);
    await archiver(process.parts)
      .runOnce()
      .catch(() => null);
    died = process.died();
    await redis.del('lease:archiver');
    kept = await archived(poolId);
    const left = await allEntries(poolId);
    expect([step, [...kept, ...left.filter(({ seq }) => seq > kept.length)]]).toEqual([step, before]);
  }
  expect(kept).toHaveLength(before.length - 200);
  expect(await logLength(poolId)).toBe(201);
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('pools at rest are not written again', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 100 });
  const broker = archiver();
  await broker.runOnce();
  expect((await broker.runOnce())?.pools).toBe(0);
  expect((await readMark(store, seal, poolId))?.seen.seq).toBe(2);
});

test('a pool whose last entries are gone is frozen, and the operator is called', async () => {
  const pool = await busyPool(ledger, 10);
  const restore = await backUp(pool.poolId);
  await carryOn(ledger, pool, 1);
  await archiver().runOnce();
  await restore();
  await archiver().runOnce();
  expect(alarmsAbout(pool.poolId)).toEqual(['lost_history']);
  expect(await ledger.readPool(pool.poolId)).toMatchObject({ status: 'frozen' });
});

test('a pool that lost entries and got others since is frozen too', async () => {
  const pool = await busyPool(ledger, 230);
  const restore = await backUp(pool.poolId);
  await carryOn(ledger, pool, 2);
  await archiver().runOnce();
  await restore();
  await carryOn(ledger, pool, 8);
  await archiver().runOnce();
  expect(alarmsAbout(pool.poolId)).toEqual(['lost_history']);
  expect(await ledger.readPool(pool.poolId)).toMatchObject({ status: 'frozen' });
  // Whoever has looked into it may thaw it, and it is not frozen again for the same loss.
  await ledger.thaw({ poolId: pool.poolId, operationId: randomUUID(), why: 'settled', actor: 'operator' });
  await archiver().runOnce();
  expect(await ledger.readPool(pool.poolId)).toMatchObject({ status: 'active' });
});

test('a pool that Redis does not know any more is told of', async () => {
  const { poolId } = await busyPool(ledger, 10);
  await archiver().runOnce();
  await redis.del(await redis.keys(`*{${poolId}}*`));
  await archiver().runOnce();
  expect(alarmsAbout(poolId)).toEqual(['lost_history']);
});

test('when every pool is lost at once, the operator is told of some and of how many more', async () => {
  const pools = await Promise.all(Array.from({ length: 30 }, () => fundedPool(ledger, { paid: 100 })));
  await archiver().runOnce();
  for (const { poolId } of pools) await redis.del(await redis.keys(`*{${poolId}}*`));
  await archiver().runOnce();
  const told = pools.filter(({ poolId }) => alarmsAbout(poolId).length > 0);
  expect(told.length).toBeLessThanOrEqual(20);
  expect(alarmsAbout('more pools')).toEqual(['lost_history']);
});

test.each<[string, (poolId: string) => Promise<unknown>]>([
  ['an entry of the log was changed', (poolId) => redis.xDel(poolKeys(poolId).log, '20-0')],
  ['the mark was signed by another', (poolId) => store.put(`marks/${poolId}`, Buffer.from('e30.e30.AAAA'))],
  ['the archive is gone', () => rm(join(root, 'marks'), { recursive: true })],
])('when %s, nothing is dropped and the operator is called', async (what, damage) => {
  const pool = await busyPool(ledger, 230);
  if (what === 'the archive is gone') {
    await archiver().runOnce();
    await carryOn(ledger, pool, 10);
  }
  await damage(pool.poolId);
  const length = await logLength(pool.poolId);
  await archiver().runOnce();
  expect(alarmsAbout(pool.poolId)).toEqual(['archive_failed']);
  expect(await logLength(pool.poolId)).toBe(length);
});

test('an archive that was changed in any of its files is found out', async () => {
  const pool = await busyPool(ledger, 230);
  await archiver().runOnce();
  await carryOn(ledger, pool, 10);
  await archiver().runOnce();
  for (const name of ['1-30.ndjson.gz', '1-30.json', '31-40.ndjson.gz', '31-40.json']) {
    const path = `segments/${pool.poolId}/${name}`;
    const bytes = (await store.get(path)) ?? Buffer.alloc(0);
    await store.put(path, bytes.with(20, (bytes[20] ?? 0) ^ 1));
    await expect(archived(pool.poolId)).rejects.toThrow();
    await store.put(path, bytes);
  }
  expect(await archived(pool.poolId)).toHaveLength(40);
});
