import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { poolKeys } from './keys.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

/** Nine entries: holds `a` (settled before the end) and `b` (open) begin before the sixth. */
async function usedPool() {
  const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
  const job = { reference: 'job', actor: 'worker' };
  await ledger.hold(aHold(pool, 400, { generationId: 'a', tag: 'x' }));
  await ledger.hold(aHold(pool, 100, { generationId: 'b' }));
  await ledger.hold(aHold(pool, 50, { generationId: 'c' }));
  await ledger.capture({ ...pool, ...job, generationId: 'a', tag: 'x', actual: millicredits(350) });
  await ledger.freeze({ ...pool, operationId: 'op', why: 'test', actor: 'operator' });
  await ledger.release({ ...pool, generationId: 'c', state: 'failed', reason: 'timeout', actor: 'worker' });
  return pool;
}

async function hashOf(poolId: string, seq: number) {
  const entries = await ledger.listEntries(poolId, { limit: 100 });
  return entries.find((entry) => entry.seq === seq)?.hash ?? '';
}

test('entries that are archived are dropped, the rest is read and audited as before', async () => {
  const { poolId, memberId } = await usedPool();
  const before = await ledger.readPool(poolId);
  const newest = await ledger.listEntries(poolId, { limit: 3 });

  expect(await ledger.trim({ poolId, upTo: 6, head: await hashOf(poolId, 6) })).toMatchObject({ code: 'OK' });

  expect(await ledger.readPool(poolId)).toEqual(before);
  expect(await ledger.listEntries(poolId, { limit: 100 })).toEqual(newest);
  expect(await ledger.listEntries(poolId, { limit: 100, before: 7 })).toEqual([]);
  expect(await redis.xLen(poolKeys(poolId).log)).toBe(4);
  expect(await auditPool(redis, poolId)).toEqual([]);

  const settled = { poolId, memberId, generationId: 'b', actual: millicredits(100), reference: 'job', actor: 'worker' };
  expect(await ledger.capture(settled)).toMatchObject({ code: 'OK', balance: { spent: 450, held: 0 } });
  expect(await ledger.clawTo({ ...settled, paymentId: 'pi_paid', target: millicredits(10) })).toMatchObject({
    code: 'OK',
  });
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('nothing is dropped when the archive tells another history', async () => {
  const { poolId } = await usedPool();
  const other = { poolId, head: await hashOf(poolId, 5) };
  expect(await ledger.trim({ ...other, upTo: 6 })).toMatchObject({ code: 'HEAD_MISMATCH' });
  expect(await ledger.trim({ ...other, upTo: 99 })).toMatchObject({ code: 'HEAD_MISMATCH' });
  expect(await redis.xLen(poolKeys(poolId).log)).toBe(9);
});

test('a repeat, also one that comes late, changes nothing', async () => {
  const { poolId } = await usedPool();
  const [fourth, sixth] = [await hashOf(poolId, 4), await hashOf(poolId, 6)];
  const codes: string[] = [];
  for (const [upTo, head] of [
    [4, fourth],
    [6, sixth],
    [6, sixth],
    [4, fourth],
  ] as const) {
    codes.push((await ledger.trim({ poolId, upTo, head })).code);
  }
  expect(codes).toEqual(['OK', 'OK', 'OK', 'OK']);
  expect(await redis.xLen(poolKeys(poolId).log)).toBe(4);
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test.each<[string, string, (poolId: string) => Promise<unknown>]>([
  ['I3', 'the entry that the rest rests on is gone', (poolId) => redis.xDel(poolKeys(poolId).log, '6-0')],
  ['I3', 'an entry of the rest is gone', (poolId) => redis.xDel(poolKeys(poolId).log, '8-0')],
  ['I2', 'an archived hold is open without its record', (poolId) => redis.del(poolKeys(poolId).hold('b'))],
  ['I2', 'a member holds more', (poolId) => redis.hIncrBy(poolKeys(poolId).member('ada'), 'held', 1)],
  ['I3', 'less was spent in all than since', (poolId) => redis.hSet(poolKeys(poolId).pool, 'spent', '0')],
])('%s is found broken in a trimmed pool when %s', async (invariant, _what, damage) => {
  const { poolId } = await usedPool();
  await ledger.trim({ poolId, upTo: 6, head: await hashOf(poolId, 6) });
  await damage(poolId);
  expect((await auditPool(redis, poolId)).map((violation) => violation.invariant)).toContain(invariant);
});
