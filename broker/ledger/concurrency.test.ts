import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

test('case 02: of 200 generations at once on cover for 100, exactly 100 are accepted, and the balance is never negative', async () => {
  const pool = await fundedPool(ledger, { paid: 700, gift: 300 });
  const commands = Array.from({ length: 200 }, () => aHold(pool, 10));

  const answers = await Promise.all(commands.map((command) => ledger.hold(command)));

  expect(answers.filter(({ code }) => code === 'OK')).toHaveLength(100);
  expect(answers.filter(({ code }) => code === 'INSUFFICIENT')).toHaveLength(100);
  expect(Math.min(...answers.map(({ balance }) => balance.available))).toBe(0);
  expect(await ledger.readPool(pool.poolId)).toMatchObject({ available: 0, held: 1_000, openHolds: 100 });

  const settled = await Promise.all(
    commands.map(({ generationId }, index) =>
      index % 2 === 0
        ? ledger.capture({ ...pool, generationId, actual: millicredits(7), reference: 'job', actor: 'worker' })
        : ledger.release({ ...pool, generationId, state: 'failed', reason: 'timeout', actor: 'worker' }),
    ),
  );
  expect(settled.filter(({ code }) => code === 'OK')).toHaveLength(100);
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
});

test('of 200 at once on a member’s cap for 100, exactly 100 are accepted', async () => {
  const pool = await fundedPool(ledger, { paid: 10_000 });
  const cap = { limit: millicredits(1_000), period: 'total' as const };
  await ledger.setMember({ ...pool, operationId: 'cap', terms: { role: 'owner', cap }, actor: 'ada' });
  const answers = await Promise.all(Array.from({ length: 200 }, () => ledger.hold(aHold(pool, 10))));
  expect(answers.filter(({ code }) => code === 'OK')).toHaveLength(100);
  expect(answers.filter(({ code }) => code === 'CAP')).toHaveLength(100);
  expect(await ledger.readMember(pool.poolId, 'ada')).toMatchObject({ held: 1_000 });
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
});

test('case 10: the limit of open generations is checked in the same step as the hold: 50 at once on a limit of 8 get 8', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  const answers = await Promise.all(Array.from({ length: 50 }, () => ledger.hold(aHold(pool, 1, { maxOpenHolds: 8 }))));
  expect(answers.filter(({ code }) => code === 'OK')).toHaveLength(8);
  expect(answers.filter(({ code }) => code === 'TOO_MANY')).toHaveLength(42);
  expect(await ledger.readPool(pool.poolId)).toMatchObject({ openHolds: 8, held: 8 });
});

test('a member’s limit is checked in that step too: it leaves the rest of the pool’s to others', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 1_000 });
  await ledger.setMember({
    poolId,
    operationId: 'op',
    memberId: 'bob',
    terms: { role: 'member', cap: null },
    actor: 'ada',
  });
  const limits = { maxOpenHolds: 8, maxMemberHolds: 5 };
  const by = (memberId: string) =>
    Promise.all(Array.from({ length: 20 }, () => ledger.hold(aHold({ poolId, memberId }, 1, limits))));

  const ada = await by('ada');
  expect(ada.filter(({ code }) => code === 'OK')).toHaveLength(5);
  expect(ada.filter(({ code }) => code === 'TOO_MANY_BY_MEMBER')).toHaveLength(15);
  const bob = await by('bob');
  expect(bob.filter(({ code }) => code === 'OK')).toHaveLength(3);
  expect(bob.filter(({ code }) => code === 'TOO_MANY')).toHaveLength(17);

  const again = aHold({ poolId, memberId: 'ada' }, 1, limits);
  const ended = (await ledger.listOpenHolds(poolId)).holds.find(({ memberId }) => memberId === 'ada');
  await ledger.release({
    ...again,
    generationId: ended?.generationId ?? '',
    state: 'failed',
    reason: '',
    actor: 'ada',
  });
  expect(await ledger.hold(again)).toMatchObject({ code: 'OK' });
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('a capture and a release of one hold at once: one of them ends it', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  for (let round = 0; round < 25; round++) {
    const command = aHold(pool, 10);
    await ledger.hold(command);
    const { generationId } = command;
    const [captured, released] = await Promise.all([
      ledger.capture({ ...pool, generationId, actual: millicredits(1), reference: 'job', actor: 'worker' }),
      ledger.release({ ...pool, generationId, state: 'cancelled', reason: 'cancelled', actor: 'ada' }),
    ]);
    expect([captured.code, released.code].toSorted()).toEqual(['OK', 'TERMINAL']);
  }
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
});
