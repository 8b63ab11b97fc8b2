import { describe, expect, test } from 'vitest';
import { auditPool } from './audit-pool.ts';
import { poolKeys } from './keys.ts';
import { aHold, fundedPool, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

describe('openPool', () => {
  test('opens a pool with its first member and no credits', async () => {
    const { poolId, memberId } = await fundedPool(ledger);
    const nothing = { paid: 0, gift: 0, available: 0, held: 0, in: 0, spent: 0, out: 0, blocked: 0, openHolds: 0 };
    expect(await ledger.readPool(poolId)).toEqual({ ...nothing, seq: 1, status: 'active' });
    expect(await ledger.listMembers(poolId)).toMatchObject([{ memberId, role: 'owner', used: 0, held: 0 }]);
    expect(await auditPool(redis, poolId)).toEqual([]);
  });

  test('answers REPLAY to the same owner, and CONFLICT to another', async () => {
    const { poolId } = await fundedPool(ledger, { paid: 5 });
    const again = await ledger.openPool({ poolId, ownerId: 'ada', actor: 'ada' });
    expect(again).toMatchObject({ code: 'REPLAY', balance: { paid: 5 } });
    expect(await ledger.openPool({ poolId, ownerId: 'bob', actor: 'bob' })).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('hold', () => {
  test('moves what is available to held, gift first, and creates the generation', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
    const record = { model: 'sketch', settings: '{"count":1}' };
    const command = aHold(pool, 500, { tag: 'client-a', record });

    const answer = await ledger.hold(command);

    expect(answer).toMatchObject({ code: 'OK', repeated: false });
    expect(answer.balance).toMatchObject({ paid: 800, gift: 0, available: 800, held: 500, in: 1_300, openHolds: 1 });
    expect(answer.dueAt - answer.createdAt).toBe(600_000);
    expect(await ledger.readGeneration(pool.poolId, command.generationId)).toEqual({
      generationId: command.generationId,
      ...pool,
      tag: 'client-a',
      state: 'queued',
      stage: 'queued',
      hold: 'held',
      isLate: false,
      ceiling: 500,
      captured: 0,
      split: { gift: 300, paid: 200 },
      reason: null,
      dueAt: answer.dueAt,
      createdAt: answer.createdAt,
      updatedAt: answer.createdAt,
      settledAt: null,
      fields: record,
    });
    expect(await ledger.readMember(pool.poolId, 'ada')).toMatchObject({ held: 500, used: 0 });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('answers REPLAY to the same request under the same id, and holds once', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    const command = aHold(pool, 600);
    const first = await ledger.hold(command);
    const again = await ledger.hold(command);
    expect(again).toMatchObject({ code: 'REPLAY', repeated: true, createdAt: first.createdAt, dueAt: first.dueAt });
    expect(again.balance).toMatchObject({ available: 400, held: 600, openHolds: 1 });
  });

  test.each([{ ceiling: 601 }, { requestHash: 'other' }, { tag: 'other' }])(
    'answers CONFLICT to another request under the same id: %o',
    async ({ ceiling = 600, ...other }) => {
      const pool = await fundedPool(ledger, { paid: 1_000 });
      const command = aHold(pool, 600);
      await ledger.hold(command);
      const changed = aHold(pool, ceiling, { ...other, generationId: command.generationId });
      expect(await ledger.hold(changed)).toMatchObject({ code: 'CONFLICT', balance: { held: 600 } });
    },
  );

  test('answers INSUFFICIENT, and stays so under that id after a top-up', async () => {
    const pool = await fundedPool(ledger, { paid: 99 });
    const command = aHold(pool, 100);
    expect(await ledger.hold(command)).toMatchObject({ code: 'INSUFFICIENT', repeated: false, balance: { held: 0 } });

    const payment = { paymentId: 'pi_2', origin: 'paid', reference: 'cs_2', actor: 'checkout' } as const;
    await ledger.topup({ poolId: pool.poolId, amount: command.ceiling, ...payment });

    expect(await ledger.hold(command)).toMatchObject({ code: 'INSUFFICIENT', repeated: true, balance: { paid: 199 } });
    expect(await ledger.hold(aHold(pool, 100))).toMatchObject({ code: 'OK' });
    expect(await ledger.readGeneration(pool.poolId, command.generationId)).toBeNull();
    const kept = await redis.pTTL(poolKeys(pool.poolId).hold(command.generationId));
    expect(Math.round(kept / 3_600_000), 'hours').toBe(24);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('answers NOT_A_MEMBER to who is none', async () => {
    const pool = await fundedPool(ledger, { paid: 100 });
    expect(await ledger.hold(aHold({ ...pool, memberId: 'eve' }, 50))).toMatchObject({ code: 'NOT_A_MEMBER' });
  });

  test('answers FROZEN while the pool is frozen, and settles what is open', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await ledger.freeze({ ...pool, operationId: 'op', why: 'test', actor: 'operator' });
    expect(await ledger.hold(aHold(pool, 50))).toMatchObject({ code: 'FROZEN', balance: { status: 'frozen' } });
    const settled = { ...pool, actual: aHold(pool, 400).ceiling, reference: 'job', actor: 'worker' };
    expect(await ledger.capture(settled)).toMatchObject({ code: 'OK', balance: { spent: 400 } });
  });

  test('is refused with not_found when there is no such pool', async () => {
    const nowhere = { poolId: 'nowhere', memberId: 'ada' };
    await expect(ledger.hold(aHold(nowhere, 50))).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each([0, -1, 0.5, 1_000_000_001, Number.NaN])('moves no amount like %d', async (ceiling) => {
    const pool = await fundedPool(ledger, { paid: 100 });
    const wrong = { ...aHold(pool, 1), ceiling: ceiling as ReturnType<typeof aHold>['ceiling'] };
    await expect(ledger.hold(wrong)).rejects.toMatchObject({ code: 'internal' });
  });

  test('takes no id that would reach outside the pool’s slot', async () => {
    const pool = await fundedPool(ledger, { paid: 100 });
    for (const generationId of ['a{b}', 'a:b', '', 'a b']) {
      await expect(ledger.hold(aHold(pool, 1, { generationId }))).rejects.toMatchObject({ code: 'internal' });
    }
  });
});
