import { beforeEach, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { type StoredEntry, sealEntry } from './entries.ts';
import type { Violation } from './fold.ts';
import type { GenerationRecord } from './generation-record.ts';
import { type PoolKeys, poolKeys } from './keys.ts';
import { aHold, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

const hundred = millicredits(100);

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
  ['I6', 'what is disputed is not blocked', unblock],
  ['I6', 'what is set aside is not what was taken back', () => setAside('999')],
  ['I6', 'something is set aside of no payment', () => redis.hSet(keys.aside, '7', '1')],
  ['I6', 'credits are blocked without a dispute', () => redis.hSet(keys.pool, 'blocked', '5')],
  ['I3', 'a member used more than the entries say', () => redis.hIncrBy(keys.member('ada'), 'month', 1)],
  ['I3', 'a pool is frozen without an entry', () => redis.hSet(keys.pool, 'status', 'frozen')],
  ['I4', 'a record says that it ended otherwise', () => redis.hSet(keys.hold(ended), 'state', 'released')],
  ['I1', 'the pool holds less than nothing', () => redis.hSet(keys.pool, { held: '-400', paid: '1340' })],
  ['I2', 'a member has more holds than the entries say', () => redis.hIncrBy(keys.member('ada'), 'open', 1)],
  ['I2', 'the record of an open hold cannot be read', () => redis.hSet(keys.hold(pool.generationId), 'stage', 'odd')],
  ['I2', 'the record of an open hold is no record', () => redis.set(keys.hold(pool.generationId), 'none')],
  ['I2', 'who has holds is no member', () => redis.zRem(keys.members, 'ada')],
  ['I3', 'a balance is no number', () => redis.hSet(keys.pool, 'paid', 'many')],
  ['I3', 'an entry cannot be read', () => redis.xAdd(keys.log, '6-0', { kind: 'present' })],
  ['I3', 'the log is none', () => redis.set(keys.log, 'none')],
  ['I3', 'the pool is gone', () => redis.del(keys.pool)],
  [
    'I4',
    'a hold ends twice',
    () => forge({ kind: 'release', op: ended, amount: hundred, splitPaid: hundred, member: 'ada' }),
  ],
  ['I5', 'more is held than a cap allows', holdAboveCap],
  ['I1', 'more is held than there is', () => forgeHold({ amount: millicredits(600), splitPaid: millicredits(600) })],
  ['I1', 'a hold leaves gifts for what was bought', heldBesideGift],
  ['I1', 'a capture leaves gifts for what was bought', capturedBesideGift],
  ['I6', 'a refund takes gifts', refundedInGifts],
  ['I2', 'what has a tag is not in its list', taggedInVain],
  [
    'I3',
    'a payment has an id that none can be',
    () => forge({ kind: 'topup', op: 'pi paid', amount: hundred, splitPaid: hundred }),
  ],
  ['I3', 'an ended hold has an id that none can be', () => forgeHold({ op: 'g:1' }, 'release')],
  [
    'I6',
    'a payment is credited twice',
    () => forge({ kind: 'topup', op: 'pi_paid', amount: hundred, splitPaid: hundred }),
  ],
  ['I8', 'an entry is nobody’s act', () => forge({ kind: 'freeze', op: 'op', actor: '' })],
])('%s is found broken when %s', async (invariant, _what, damage) => {
  await damage();
  expect((await auditPool(redis, pool.poolId)).map((violation) => violation.invariant)).toContain(invariant);
});

/** Appends an entry that is sealed as it should be, but that no operation would make. */
async function forge(fields: Partial<StoredEntry>): Promise<void> {
  const { paid, gift, held, seq, head = '' } = await redis.hGetAll(keys.pool);
  const funds = { paid: Number(paid), gift: Number(gift), held: Number(held) };
  const none = { op: '', amount: 0, splitGift: 0, splitPaid: 0, member: '', tag: '', actor: 'mallory', reference: '' };
  const entry = { ...none, ...funds, time: 1, request: '', ...fields } as Omit<StoredEntry, 'hash'>;
  const next = Number(seq) + 1;
  const hash = sealEntry(head, next, entry);
  const words = Object.entries({ ...entry, hash }).map(([name, value]) => [name, String(value)]);
  await redis.xAdd(keys.log, `${next}-0`, Object.fromEntries(words));
  await redis.hSet(keys.pool, { seq: String(next), head: hash });
}

/** A hold that is nowhere but in the log, and how it ends. */
async function forgeHold(fields: Partial<StoredEntry>, ...ends: StoredEntry['kind'][]): Promise<void> {
  const hold = { op: 'forged', amount: hundred, splitPaid: hundred, member: 'ada', ...fields };
  for (const kind of ['hold' as const, ...ends]) await forge({ ...hold, kind });
}

const gift = () =>
  ledger.topup({ ...pool, paymentId: 'promo', amount: hundred, origin: 'gift', reference: 'code', actor: 'admin' });

async function heldBesideGift(): Promise<void> {
  await gift();
  await forgeHold({});
}

async function capturedBesideGift(): Promise<void> {
  await gift();
  const fifty = millicredits(50);
  await forgeHold({ amount: millicredits(150), splitGift: hundred, splitPaid: fifty });
  await forge({ kind: 'capture', op: 'forged', amount: fifty, splitPaid: fifty, member: 'ada' });
}

async function refundedInGifts(): Promise<void> {
  await forge({ kind: 'clawback', op: 'pi_paid', amount: hundred, splitGift: hundred });
  await redis.hIncrBy(keys.payment('pi_paid'), 'back', 100);
  await setAside('100');
}

async function taggedInVain(): Promise<void> {
  await ledger.hold(aHold(pool, 1, { tag: 'logo' }));
  await redis.del(keys.budgets);
}

/** A dispute that finds less than the payment has left. */
async function unblock(): Promise<void> {
  const payment = { poolId: pool.poolId, paymentId: 'pi_paid', disputeId: 'dp', actor: 'checkout' };
  await ledger.dispute({ ...payment, phase: 'open' });
  await redis.hSet(keys.pool, 'blocked', '1');
  await redis.hSet(keys.payment('pi_paid'), { blocked: '1', left: '1' });
  await setAside('1');
}

const setAside = (amount: string) => redis.hSet(keys.aside, '1000', amount);

async function holdAboveCap(): Promise<void> {
  const terms = { role: 'owner', cap: { limit: millicredits(500), period: 'total' } } as const;
  await ledger.setMember({ ...pool, operationId: 'cap', terms, actor: 'ada' });
  await forge({ kind: 'hold', op: 'above', amount: hundred, splitPaid: hundred, member: 'ada' });
}

test('I7 is found broken when two generations were captured for one provider job', async () => {
  const other = aHold(pool, 100, { record: { job: 'j-1' } });
  await ledger.hold(other);
  await ledger.capture({
    ...pool,
    generationId: other.generationId,
    actual: millicredits(9),
    reference: '',
    actor: 'w',
  });
  const jobOf = ({ fields }: GenerationRecord) => fields.job ?? null;
  expect(await auditPool(redis, pool.poolId, { jobOf })).toEqual([]);
  await redis.hSet(keys.hold(ended), 'r:job', 'j-1');
  expect(await auditPool(redis, pool.poolId, { jobOf })).toMatchObject([{ invariant: 'I7' }]);
});

test('a pool that is used and trimmed all the time is never found broken', async () => {
  const { poolId } = pool;
  let traffic = true;
  const job = { reference: 'job', actor: 'worker' };
  const use = async (name: number) => {
    for (let round = 0; traffic; round += 1) {
      const command = aHold(pool, 1 + (round % 3), { tag: name % 2 ? 'x' : '' });
      const ids = { ...pool, generationId: command.generationId, ...(command.tag && { tag: command.tag }) };
      const { code } = await ledger.hold(command);
      if (code === 'OK' && round % 2) await ledger.capture({ ...ids, actual: millicredits(1), ...job });
      else if (code === 'OK') await ledger.release({ ...ids, state: 'failed', reason: 'timeout', actor: 'worker' });
      const payment = { poolId, paymentId: `pi_${name}_${round}`, amount: millicredits(5), reference: 'cs' };
      if (round % 5 === 0) await ledger.topup({ ...payment, origin: 'paid', actor: 'checkout' });
      if (round % 7 === 0) await ledger.clawTo({ ...payment, target: millicredits(2), actor: 'checkout' });
    }
  };
  const trim = async () => {
    for (let last = 0; traffic; ) {
      const [newest] = await ledger.listEntries(poolId, { limit: 1 });
      if (!newest || newest.seq < last + 100) continue;
      await ledger.trim({ poolId, upTo: newest.seq, head: newest.hash });
      last = newest.seq;
    }
  };
  const users = [...Array.from({ length: 12 }, (_, name) => use(name)), trim()];
  const found: Violation[] = [];
  const { seq: from } = (await ledger.readPool(poolId)) ?? { seq: 0 };
  for (let audits = 0; audits < 60; audits += 1) found.push(...(await auditPool(redis, poolId)));
  traffic = false;
  await Promise.all(users);
  expect(found).toEqual([]);
  expect((await ledger.readPool(poolId))?.seq).toBeGreaterThan(from + 500);
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('a long audit rests between its portions, and what the pool does meanwhile is no fault', async () => {
  const { poolId } = pool;
  const hold = async () => {
    const command = { ...aHold(pool, 1), ttlMs: 60_000 };
    await ledger.hold(command);
    const { generationId, memberId } = command;
    const release = { poolId, generationId, memberId, state: 'failed', reason: 'timeout', actor: 'worker' } as const;
    await ledger.release(release);
  };
  for (let holds = 0; holds < 110; holds += 1) await hold();
  let rests = 0;
  const rest = async () => {
    rests += 1;
    await hold();
  };
  expect(await auditPool(redis, poolId, { rest })).toEqual([]);
  // Two pages of entries, one look at the pool, three batches of ends.
  expect(rests).toBeGreaterThan(5);
});

test('a changed entry is found, though all its numbers agree', async () => {
  const entries = await redis.xRange(keys.log, '-', '+');
  await redis.del(keys.log);
  for (const { id, message } of entries ?? []) {
    await redis.xAdd(keys.log, id, { ...message, ...(id === '3-0' && { actor: 'mallory' }) });
  }
  expect(await auditPool(redis, pool.poolId)).toEqual([{ invariant: 'I3', detail: 'entry 3 does not match its hash' }]);
});
