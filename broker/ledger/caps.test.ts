import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import type { Cap, CapPeriod } from './cap.ts';
import { poolKeys } from './keys.ts';
import { readMember } from './read-pool.ts';
import { defineScript } from './script.ts';
import tallyScript from './tally.lua';
import { NO_TALLY, tallyAt } from './tally.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

const DAY_MS = 86_400_000;
const cap = (limit: number, period: CapPeriod = 'month'): Cap => ({ limit: millicredits(limit), period });
const failure = { state: 'failed', reason: 'timeout', actor: 'worker' } as const;

/** A pool of ada's, in which bob may spend 100 a month. */
async function poolOfTwo(bobs: Cap | null = cap(100)) {
  const { poolId } = await fundedPool(ledger, { paid: 10_000 });
  await setBob(poolId, bobs);
  return { poolId, memberId: 'bob' };
}

function setBob(poolId: string, limit: Cap | null) {
  const terms = { role: 'member', cap: limit } as const;
  return ledger.setMember({ poolId, operationId: randomUUID(), memberId: 'bob', terms, actor: 'ada' });
}

async function spendAs(pool: { poolId: string; memberId: string }, ceiling: number, tag = '') {
  const command = aHold(pool, ceiling, { tag });
  const { code } = await ledger.hold(command);
  const { generationId } = command;
  const actual = millicredits(ceiling);
  if (code === 'OK') await ledger.capture({ ...pool, generationId, tag, actual, reference: 'job', actor: 'worker' });
  return code;
}

describe('setMember', () => {
  test('makes a member with a role and a cap, changes both, and removes the member', async () => {
    const { poolId } = await poolOfTwo();
    expect(await ledger.readMember(poolId, 'bob')).toMatchObject({ role: 'member', cap: cap(100), used: 0, held: 0 });
    const terms = { role: 'admin', cap: null } as const;
    await ledger.setMember({ poolId, operationId: 'op_1', memberId: 'bob', terms, actor: 'ada' });
    expect(await ledger.readMember(poolId, 'bob')).toMatchObject({ role: 'admin', cap: null });

    await ledger.setMember({ poolId, operationId: 'op_2', memberId: 'bob', terms: null, actor: 'ada' });
    expect(await ledger.readMember(poolId, 'bob')).toBeNull();
    expect(await ledger.hold(aHold({ poolId, memberId: 'bob' }, 1))).toMatchObject({ code: 'NOT_A_MEMBER' });

    const entries = await ledger.listEntries(poolId, { limit: 3 });
    expect(entries.map(({ kind, memberId, reference, actor }) => [kind, memberId, reference, actor])).toEqual([
      ['member', 'bob', 'removed', 'ada'],
      ['member', 'bob', 'admin', 'ada'],
      ['member', 'bob', 'member 100/month', 'ada'],
    ]);
    expect(await auditPool(redis, poolId)).toEqual([]);
  });

  test('answers REPLAY to the same again, whatever has changed since, and CONFLICT to another under its id', async () => {
    const { poolId } = await poolOfTwo();
    const command = { poolId, operationId: 'op_1', memberId: 'bob', actor: 'ada' } as const;
    const terms = { role: 'member', cap: cap(5) } as const;
    expect(await ledger.setMember({ ...command, terms })).toMatchObject({ code: 'OK' });
    await setBob(poolId, cap(7));
    expect(await ledger.setMember({ ...command, terms })).toMatchObject({ code: 'REPLAY' });
    expect(await ledger.setMember({ ...command, terms: null })).toMatchObject({ code: 'CONFLICT' });
    expect(await ledger.readMember(poolId, 'bob')).toMatchObject({ cap: cap(7) });
  });

  test('leaves a pool its owner', async () => {
    const { poolId } = await poolOfTwo();
    const command = { poolId, operationId: 'op_1', memberId: 'ada', actor: 'bob' };
    expect(await ledger.setMember({ ...command, terms: null })).toMatchObject({ code: 'OWNER' });
    expect(await ledger.setMember({ ...command, terms: { role: 'member', cap: null } })).toMatchObject({
      code: 'OWNER',
    });
    const capped = { role: 'owner', cap: cap(3) } as const;
    expect(await ledger.setMember({ ...command, terms: capped })).toMatchObject({ code: 'OK' });
    expect(await ledger.hold(aHold({ poolId, memberId: 'ada' }, 4))).toMatchObject({ code: 'CAP' });
  });

  test('a removed member’s open hold settles', async () => {
    const pool = await poolOfTwo();
    const command = aHold(pool, 60);
    await ledger.hold(command);
    await ledger.setMember({ poolId: pool.poolId, operationId: 'op', memberId: 'bob', terms: null, actor: 'ada' });
    const settled = {
      ...pool,
      generationId: command.generationId,
      actual: millicredits(60),
      reference: 'j',
      actor: 'w',
    };
    expect(await ledger.capture(settled)).toMatchObject({ code: 'OK', balance: { spent: 60, held: 0 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });
});

describe('a member’s cap', () => {
  test('case 10: is checked in the same step as the hold: of 200 at once on a cap for 100, exactly 100 are accepted', async () => {
    const pool = await poolOfTwo(cap(1_000));
    const answers = await Promise.all(Array.from({ length: 200 }, () => ledger.hold(aHold(pool, 10))));
    expect(answers.filter(({ code }) => code === 'OK')).toHaveLength(100);
    expect(answers.filter(({ code }) => code === 'CAP')).toHaveLength(100);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 11: binds whoever spends as that member, and every entry names who acted', async () => {
    const pool = await poolOfTwo();
    await spendAs(pool, 70);
    const { generationId } = aHold(pool, 31);
    expect(await ledger.hold(aHold(pool, 31, { generationId, tag: 'client-a' }))).toMatchObject({ code: 'CAP' });
    const listed = await ledger.listEntries(pool.poolId, { limit: 100 });
    expect(new Set(listed.map(({ kind }) => kind))).toEqual(new Set(['open', 'topup', 'member', 'hold', 'capture']));
    expect(listed.filter(({ actor }) => actor === '')).toEqual([]);
    expect(listed.find(({ kind }) => kind === 'hold')).toMatchObject({ actor: 'bob', memberId: 'bob' });
  });

  test('case 17: counts what the member used and holds, member by member, visible to the member', async () => {
    const pool = await poolOfTwo();
    expect(await spendAs(pool, 70)).toBe('OK');
    await ledger.hold(aHold(pool, 20));
    expect(await ledger.hold(aHold(pool, 11))).toMatchObject({ code: 'CAP' });
    expect(await ledger.hold(aHold({ ...pool, memberId: 'ada' }, 5_000))).toMatchObject({ code: 'OK' });
    expect(await ledger.readMember(pool.poolId, 'bob')).toMatchObject({
      cap: cap(100),
      used: 70,
      usedIn: { day: 70, week: 70, month: 70 },
      held: 20,
    });
    expect(await ledger.hold(aHold(pool, 10))).toMatchObject({ code: 'OK' });
  });

  test('counts what was used before it was set', async () => {
    const pool = await poolOfTwo(null);
    await spendAs(pool, 70);
    await setBob(pool.poolId, cap(100, 'day'));
    expect(await ledger.hold(aHold(pool, 31))).toMatchObject({ code: 'CAP' });
  });

  test('gives room back with a release and the rest of a capture', async () => {
    const pool = await poolOfTwo();
    const command = aHold(pool, 100);
    await ledger.hold(command);
    await ledger.release({ ...pool, ...failure, generationId: command.generationId });
    expect(await spendAs(pool, 100)).toBe('OK');
  });

  test('lowered below what is held, cancels nothing and refuses only new holds', async () => {
    const pool = await poolOfTwo();
    const command = aHold(pool, 80);
    await ledger.hold(command);
    await setBob(pool.poolId, cap(10));
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'CAP' });
    const { generationId } = command;
    const settled = { ...pool, generationId, actual: millicredits(80), reference: 'job', actor: 'worker' };
    expect(await ledger.capture(settled)).toMatchObject({ code: 'OK' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('stays refused under an id after it was raised', async () => {
    const pool = await poolOfTwo();
    const command = aHold(pool, 101);
    await ledger.hold(command);
    await setBob(pool.poolId, cap(1_000));
    expect(await ledger.hold(command)).toMatchObject({ code: 'CAP', repeated: true });
    expect(await ledger.hold(aHold(pool, 101))).toMatchObject({ code: 'OK' });
  });

  test.each<[CapPeriod, number, string]>([
    ['day', 1, 'OK'],
    ['week', 7, 'OK'],
    ['month', 31, 'OK'],
    ['total', 400, 'CAP'],
  ])('per %s: after %d days it is %s again', async (period, days, code) => {
    const pool = await poolOfTwo(cap(100, period));
    const open = aHold(pool, 30);
    await ledger.hold(open);
    await spendAs(pool, 70);
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'CAP' });

    await redis.hSet(poolKeys(pool.poolId).member('bob'), 'at', String(Date.now() - days * DAY_MS));
    // The open hold of the last period still counts; what was spent in it does not.
    expect(await ledger.hold(aHold(pool, 70))).toMatchObject({ code });
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'CAP' });

    const settled = { ...pool, generationId: open.generationId, reference: 'job', actor: 'worker' };
    await ledger.capture({ ...settled, actual: millicredits(20) });
    const bob = await ledger.readMember(pool.poolId, 'bob');
    expect(bob?.used).toBe(90);
    if (period !== 'total') expect(bob?.usedIn[period]).toBe(20);
    expect(bob?.held).toBe(code === 'OK' ? 70 : 0);
  });

  test('what was used in a period that is over is shown as nothing', async () => {
    const pool = await poolOfTwo();
    await spendAs(pool, 70);
    const later = await readMember(redis, pool.poolId, 'bob', Date.now() + 40 * DAY_MS);
    expect(later).toMatchObject({ used: 70, usedIn: { day: 0, week: 0, month: 0 } });
  });
});

describe('a tag’s budget', () => {
  const budget = (poolId: string, limit: Cap | null) =>
    ledger.setBudget({ poolId, operationId: randomUUID(), tag: 'client-a', cap: limit, actor: 'ada' });

  test('is listed before anything is spent under it', async () => {
    const pool = await poolOfTwo();
    await budget(pool.poolId, cap(100));
    const listed = [{ tag: 'client-a', cap: cap(100), used: 0, held: 0 }];
    expect(await ledger.listBudgets(pool.poolId)).toMatchObject(listed);
  });

  test('binds everyone together under that tag, and nobody elsewhere', async () => {
    const pool = await poolOfTwo(null);
    expect(await spendAs(pool, 40, 'client-a')).toBe('OK');
    await budget(pool.poolId, cap(100));
    await ledger.hold(aHold({ ...pool, memberId: 'ada' }, 50, { tag: 'client-a' }));
    expect(await ledger.hold(aHold(pool, 11, { tag: 'client-a' }))).toMatchObject({ code: 'BUDGET' });
    expect(await ledger.hold(aHold(pool, 11, { tag: 'client-b' }))).toMatchObject({ code: 'OK' });
    expect(await ledger.hold(aHold(pool, 11))).toMatchObject({ code: 'OK' });
    expect(await ledger.listBudgets(pool.poolId)).toMatchObject([
      { tag: 'client-a', cap: cap(100), used: 40, usedIn: { month: 40 }, held: 50 },
      { tag: 'client-b', cap: null, used: 0, held: 11 },
    ]);
    await budget(pool.poolId, null);
    expect(await ledger.hold(aHold(pool, 11, { tag: 'client-a' }))).toMatchObject({ code: 'OK' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 10: of 200 at once on a budget for 100, exactly 100 are accepted', async () => {
    const pool = await poolOfTwo(null);
    await budget(pool.poolId, cap(1_000, 'total'));
    const hold = () => ledger.hold(aHold(pool, 10, { tag: 'client-a' }));
    const answers = await Promise.all(Array.from({ length: 200 }, hold));
    expect(answers.filter(({ code }) => code === 'OK')).toHaveLength(100);
    expect(answers.filter(({ code }) => code === 'BUDGET')).toHaveLength(100);
  });

  test('answers REPLAY and CONFLICT by its id, and settles only under the tag that was held', async () => {
    const pool = await poolOfTwo(null);
    const command = { poolId: pool.poolId, operationId: 'op', tag: 'client-a', actor: 'ada' };
    expect(await ledger.setBudget({ ...command, cap: cap(5) })).toMatchObject({ code: 'OK' });
    expect(await ledger.setBudget({ ...command, cap: cap(5) })).toMatchObject({ code: 'REPLAY' });
    expect(await ledger.setBudget({ ...command, cap: null })).toMatchObject({ code: 'CONFLICT' });
    const held = aHold(pool, 5, { tag: 'client-a' });
    await ledger.hold(held);
    const { generationId } = held;
    expect(await ledger.release({ ...pool, ...failure, generationId })).toMatchObject({ code: 'BAD_ARGUMENT' });
    const tagged = { ...pool, ...failure, generationId, tag: 'client-a' };
    expect(await ledger.release(tagged)).toMatchObject({ code: 'OK' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });
});

test('days, weeks and months begin in Redis when they begin in the UTC calendar', async () => {
  const source =
    '#!lua\nlocal began = read_tally(KEYS[1], tonumber(ARGV[1])).began\nreturn { began.day, began.week, began.month }';
  const { text } = defineScript(source, tallyScript);
  const used = { day: millicredits(1), week: millicredits(1), month: millicredits(1), total: millicredits(1) };
  for (let day = 19_000; day < 19_000 + 5 * 366; day += 1) {
    const spentAt = day * DAY_MS + 5;
    const now = (day + 1 + (day % 3)) * DAY_MS;
    await redis.hSet('tally', { used: 1, day: 0, week: 0, month: 0, at: spentAt });
    const told = await redis.eval(text, { keys: ['tally'], arguments: [String(now)] });
    const expected = tallyAt({ ...NO_TALLY, used, spentAt }, now).used;
    const began = [expected.day, expected.week, expected.month].map((inPeriod) => String(1 - inPeriod));
    expect([day, told]).toEqual([day, began]);
  }
});
