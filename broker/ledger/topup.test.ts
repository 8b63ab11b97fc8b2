import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { poolKeys } from './keys.ts';
import { moveOut } from './move-out.ts';
import { listOpenPools, rebuildOpenPools } from './open-holds.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

function payment(poolId: string) {
  return {
    poolId,
    paymentId: 'pi_1:a.b',
    amount: millicredits(200_000),
    reference: 'cs_1',
    actor: 'checkout',
  } as const;
}

describe('topup', () => {
  test('credits a payment once, however often it is told', async () => {
    const { poolId } = await fundedPool(ledger);
    const told = await Promise.all(
      Array.from({ length: 20 }, () => ledger.topup({ ...payment(poolId), origin: 'paid' })),
    );
    expect(told.map(({ code }) => code).toSorted()).toEqual(['OK', ...Array.from({ length: 19 }, () => 'REPLAY')]);
    expect(await ledger.readPool(poolId)).toMatchObject({ paid: 200_000, gift: 0, in: 200_000 });
    expect(await auditPool(redis, poolId)).toEqual([]);
  });

  test('keeps a payment that comes after the pool was moved, and refuses only what can go back', async () => {
    const { poolId } = await fundedPool(ledger);
    const before = { paymentId: 'pi_0', origin: 'paid' } as const;
    expect(await ledger.topup({ ...payment(poolId), ...before })).toMatchObject({ code: 'OK', isStranded: false });
    await moveOut(redis, { poolId, moveId: 'move', to: 'another broker', why: 'moving house', actor: 'operator' });
    const back = { ...payment(poolId), paymentId: 'transfer-1:paid', origin: 'paid', unlessMoved: true } as const;
    expect(await ledger.topup(back)).toMatchObject({ code: 'MOVED', balance: { paid: 0 } });
    for (const code of ['OK', 'REPLAY', 'REPLAY']) {
      expect(await ledger.topup({ ...payment(poolId), origin: 'paid' })).toMatchObject({ code, isStranded: true });
    }
    expect(await ledger.topup({ ...payment(poolId), ...before })).toMatchObject({ code: 'REPLAY', isStranded: false });
    expect(await ledger.readPool(poolId)).toMatchObject({ status: 'frozen', paid: 200_000 });
    expect(await auditPool(redis, poolId)).toEqual([]);
  });

  test('answers CONFLICT to the same payment with another amount, origin or reference', async () => {
    const { poolId } = await fundedPool(ledger);
    await ledger.topup({ ...payment(poolId), origin: 'paid' });
    const others = [{ amount: millicredits(1) }, { origin: 'gift' }, { reference: 'cs_2' }] as const;
    for (const other of others) {
      const answer = await ledger.topup({ ...payment(poolId), origin: 'paid', ...other });
      expect(answer).toMatchObject({ code: 'CONFLICT', balance: { in: 200_000 } });
    }
  });

  test('lands in a frozen pool too', async () => {
    const { poolId } = await fundedPool(ledger);
    await ledger.freeze({ poolId, operationId: 'op', why: 'test', actor: 'operator' });
    expect(await ledger.topup({ ...payment(poolId), origin: 'gift' })).toMatchObject({
      code: 'OK',
      balance: { gift: 200_000 },
    });
  });

  test('is refused with not_found when there is no such pool', async () => {
    await expect(ledger.topup({ ...payment('nowhere'), origin: 'paid' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('case 16: credits have no expiry: a clock ten years on changes no balance', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
  const command = aHold(pool, 100);
  await ledger.hold(command);
  await ledger.capture({
    ...pool,
    generationId: command.generationId,
    actual: command.ceiling,
    reference: 'j',
    actor: 'w',
  });
  const before = await ledger.readPool(pool.poolId);

  const keys = poolKeys(pool.poolId);
  for (const key of [keys.pool, keys.log, keys.members, keys.member('ada'), keys.payment('pi_paid')]) {
    expect([key, await redis.pTTL(key)]).toEqual([key, -1]);
  }
  await rebuildOpenPools(redis);
  await listOpenPools(redis, Date.now() + 10 * 365 * 86_400_000);
  expect(await ledger.readPool(pool.poolId)).toEqual(before);
});
