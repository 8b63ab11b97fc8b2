import { beforeEach, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { type PoolKeys, poolKeys } from './keys.ts';
import { aHold, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

let pool: Awaited<ReturnType<typeof heldPool>>;
let ended: string;
let keys: PoolKeys;

beforeEach(async () => {
  pool = await heldPool(ledger, 1_000, 400);
  keys = poolKeys(pool.poolId);
  const done = aHold(pool, 100);
  ended = done.generationId;
  await ledger.hold(done);
  await ledger.capture({ ...pool, generationId: ended, actual: millicredits(60), reference: 'job-1', actor: 'worker' });
});

test('a sound pool has no violations', async () => {
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
});

test.each<[string, string, () => Promise<unknown>]>([
  ['I1', 'money appears', () => redis.hIncrBy(keys.pool, 'paid', 5)],
  ['I3', 'the counters disagree with the entries', () => redis.hIncrBy(keys.pool, 'spent', 5)],
  ['I2', 'an open hold is not in the due set', () => redis.zRem(keys.due, pool.generationId)],
  ['I2', 'an ended hold is in the due set', () => redis.zAdd(keys.due, { score: 1, value: ended })],
  ['I2', 'a member holds more than the entries say', () => redis.hIncrBy(keys.member('ada'), 'held', 1)],
  ['I2', 'an open hold lost its record', () => redis.del(keys.hold(pool.generationId))],
  ['I3', 'an entry is missing', () => redis.xDel(keys.log, '3-0')],
  ['I3', 'the last entry is missing', () => redis.xDel(keys.log, '5-0')],
  ['I3', 'the head is another', () => redis.hSet(keys.pool, 'head', '0'.repeat(40))],
  ['I6', 'a payment says that it was credited more', () => redis.hIncrBy(keys.payment('pi_paid'), 'credited', 1)],
  ['I6', 'a payment says that more was taken back', () => redis.hIncrBy(keys.payment('pi_paid'), 'back', 1)],
  ['I6', 'credits are blocked without a dispute', () => redis.hSet(keys.pool, 'blocked', '5')],
  ['I3', 'a member used more than the entries say', () => redis.hIncrBy(keys.member('ada'), 'month', 1)],
  ['I3', 'a pool is frozen without an entry', () => redis.hSet(keys.pool, 'status', 'frozen')],
  ['I4', 'a record says that it ended otherwise', () => redis.hSet(keys.hold(ended), 'state', 'released')],
])('%s is found broken when %s', async (invariant, _what, damage) => {
  await damage();
  expect((await auditPool(redis, pool.poolId)).map((violation) => violation.invariant)).toContain(invariant);
});

test('a changed entry is found, though all its numbers agree', async () => {
  const entries = await redis.xRange(keys.log, '-', '+');
  await redis.del(keys.log);
  for (const { id, message } of entries ?? []) {
    await redis.xAdd(keys.log, id, { ...message, ...(id === '3-0' && { actor: 'mallory' }) });
  }
  expect(await auditPool(redis, pool.poolId)).toEqual([{ invariant: 'I3', detail: 'entry 3 does not match its hash' }]);
});
