import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import type { DisputePhase } from './dispute.ts';
import { poolKeys } from './keys.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

type Pool = Awaited<ReturnType<typeof fundedPool>>;

const pay = ({ poolId }: Pool, paymentId: string, amount: number, origin: 'paid' | 'gift' = 'paid') =>
  ledger.topup({ poolId, paymentId, amount: millicredits(amount), origin, reference: 'cs', actor: 'checkout' });

/** Takes back until exactly `target` are gone, or gives back what was taken above it. */
async function claw({ poolId }: Pool, paymentId: string, target: number) {
  const { revision } = await ledger.readPayment(poolId, paymentId);
  const exact = { poolId, paymentId, target: millicredits(target), reference: 're', actor: 'checkout', revision };
  return ledger.clawTo(exact);
}

const dispute = ({ poolId }: Pool, paymentId: string, phase: DisputePhase, disputeId = 'dp_1') =>
  ledger.dispute({ poolId, paymentId, disputeId, phase, actor: 'checkout' });

async function spend(pool: Pool, amount: number) {
  const { generationId, ceiling: actual } = aHold(pool, amount);
  await ledger.hold(aHold(pool, amount, { generationId }));
  await ledger.capture({ ...pool, generationId, actual, reference: 'job', actor: 'worker' });
}

/** A pool that bought `pi_a`, `pi_b` … in this order. */
async function bought(...amounts: number[]): Promise<Pool> {
  const pool = await fundedPool(ledger);
  for (const [at, amount] of amounts.entries()) await pay(pool, `pi_${'abcdef'[at]}`, amount);
  return pool;
}

describe('a dispute blocks what is left of what its payment bought', () => {
  test('after a newer payment was taken back', async () => {
    const pool = await bought(100, 100);
    await claw(pool, 'pi_b', 100);
    expect(await dispute(pool, 'pi_a', 'open')).toMatchObject({ balance: { blocked: 100, available: 0 } });
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'INSUFFICIENT' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('and not more, after an older one was taken back', async () => {
    const pool = await bought(100, 100, 100);
    await spend(pool, 30);
    await claw(pool, 'pi_a', 100);
    expect(await dispute(pool, 'pi_b', 'open')).toMatchObject({ balance: { blocked: 70, available: 100 } });
    expect(await dispute(pool, 'pi_c', 'open', 'dp_2')).toMatchObject({ balance: { blocked: 170, available: 0 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('after parts of payments before it, of it and after it were taken back', async () => {
    const pool = await bought(100, 100, 100);
    await spend(pool, 120);
    for (const [payment, part] of [
      ['pi_a', 10],
      ['pi_b', 20],
      ['pi_c', 30],
    ] as const) {
      await claw(pool, payment, part);
    }
    // Of 90, 80 and 70 credits the first 120 are spent.
    expect(await dispute(pool, 'pi_b', 'open')).toMatchObject({ balance: { blocked: 50, available: 70 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('after what was taken of a newer payment was given back', async () => {
    const pool = await bought(100, 100);
    await claw(pool, 'pi_b', 100);
    await spend(pool, 40);
    await claw(pool, 'pi_b', 0);
    expect(await dispute(pool, 'pi_a', 'open')).toMatchObject({ balance: { blocked: 60, available: 100 } });
    expect(await redis.exists(poolKeys(pool.poolId).aside)).toBe(1);
    expect(await dispute(pool, 'pi_a', 'won')).toMatchObject({ balance: { blocked: 0, available: 160 } });
    // Of a pool of which nothing is set aside nothing is kept.
    expect(await redis.exists(poolKeys(pool.poolId).aside)).toBe(0);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('and nothing for a debt that a newer payment left, until that is paid', async () => {
    const pool = await bought(100, 100);
    await spend(pool, 150);
    await claw(pool, 'pi_b', 100);
    expect(await dispute(pool, 'pi_a', 'open')).toMatchObject({ balance: { blocked: 0, available: -50 } });
    await pay(pool, 'pi_c', 80);
    expect(await dispute(pool, 'pi_c', 'open')).toMatchObject({ balance: { blocked: 30, available: 0 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('whatever became of gifts beside it', async () => {
    const pool = await bought(100);
    await pay(pool, 'gift', 50, 'gift');
    await claw(pool, 'gift', 50);
    expect(await dispute(pool, 'pi_a', 'open')).toMatchObject({ balance: { blocked: 100, available: 0 } });
    expect(await dispute(pool, 'gift', 'open')).toMatchObject({ balance: { blocked: 100, available: 0 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('of a gift nothing, although there are bought credits', async () => {
    const pool = await bought(100);
    await pay(pool, 'gift', 50, 'gift');
    expect(await dispute(pool, 'gift', 'open')).toMatchObject({ balance: { blocked: 0, available: 150 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });
});

describe('while it is open', () => {
  test('what is spent is of other payments, and another dispute blocks what is left of its own', async () => {
    const pool = await bought(100, 100, 100);
    await dispute(pool, 'pi_a', 'open');
    await spend(pool, 100);
    expect(await dispute(pool, 'pi_b', 'open')).toMatchObject({ balance: { blocked: 100, available: 100 } });
    expect(await dispute(pool, 'pi_c', 'open')).toMatchObject({ balance: { blocked: 200, available: 0 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('what is taken back of its payment was blocked before, and is blocked again when it is given back', async () => {
    const pool = await bought(100, 100);
    await spend(pool, 40);
    await dispute(pool, 'pi_a', 'open');
    expect(await claw(pool, 'pi_a', 50)).toMatchObject({ balance: { blocked: 10, available: 100 } });
    await spend(pool, 60);
    expect(await claw(pool, 'pi_a', 80)).toMatchObject({ balance: { blocked: 0, available: 20 } });
    expect(await claw(pool, 'pi_a', 0)).toMatchObject({ balance: { blocked: 60, available: 40 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });
});

test('a clawback from before they were counted by payment blocks nothing twice, and counts once it changes', async () => {
  const pool = await bought(100, 100, 100);
  await claw(pool, 'pi_b', 100);
  await dispute(pool, 'pi_c', 'open');
  await redis.del(poolKeys(pool.poolId).aside);
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
  const told = await dispute(pool, 'pi_a', 'open');
  expect(told).toMatchObject({ code: 'OK', balance: { paid: 200, blocked: 100 } });
  for (const payment of ['pi_a', 'pi_c']) await dispute(pool, payment, 'won');
  await claw(pool, 'pi_b', 99);
  expect(await dispute(pool, 'pi_a', 'open', 'dp_2')).toMatchObject({ balance: { blocked: 100, available: 101 } });
});
