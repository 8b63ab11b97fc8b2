import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { type PoolKeys, poolKeys } from './keys.ts';
import { aHold, fundedPool, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

type Pool = Awaited<ReturnType<typeof heldPool>>;
const change = { operationId: 'op', actor: 'ada' };
const bob = { memberId: 'bob', terms: { role: 'member', cap: null } } as const;

describe('a script that fails has changed nothing', () => {
  const wrongTypes = ['log', 'due', 'generations', 'member'] as const;
  test.each(wrongTypes)('a hold, when the key of the %s has a wrong type', async (name) => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    const keys = poolKeys(pool.poolId);
    const key = name === 'member' ? keys.member('ada') : keys[name];
    const saved = `saved:{${pool.poolId}}`;
    const existed = (await redis.exists(key)) === 1;
    if (existed) await redis.rename(key, saved);
    await redis.set(key, 'not what it should be');

    await expect(ledger.hold(aHold(pool, 100))).rejects.toMatchObject({ code: 'internal' });

    await redis.del(key);
    if (existed) await redis.rename(saved, key);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
    expect(await ledger.readPool(pool.poolId)).toMatchObject({ paid: 1_000, held: 0, openHolds: 0, seq: 2 });
  });

  test.each<[string, (keys: PoolKeys) => string, (pool: Pool) => Promise<unknown>]>([
    ['a hold under a tag', ({ budgets }) => budgets, (pool) => ledger.hold(aHold(pool, 1, { tag: 'acme' }))],
    [
      'a release',
      ({ due }) => due,
      (pool) => ledger.release({ ...pool, state: 'failed', reason: 'timeout', actor: 'w' }),
    ],
    [
      'a budget',
      ({ budgets }) => budgets,
      ({ poolId }) => ledger.setBudget({ poolId, ...change, tag: 'acme', cap: null }),
    ],
    [
      'a budget',
      (keys) => keys.budget('acme'),
      ({ poolId }) => ledger.setBudget({ poolId, ...change, tag: 'acme', cap: null }),
    ],
    ['a member', ({ members }) => members, ({ poolId }) => ledger.setMember({ poolId, ...change, ...bob })],
  ])('%s, when a key that it writes has a wrong type', async (_what, keyOf, act) => {
    const pool = await heldPool(ledger, 1_000, 400);
    const key = keyOf(poolKeys(pool.poolId));
    if (await redis.exists(key)) await redis.rename(key, `saved:{${pool.poolId}}`);
    await redis.set(key, 'not what it should be');
    const before = await ledger.readPool(pool.poolId);
    await expect(act(pool)).rejects.toMatchObject({ code: 'internal' });
    expect(await ledger.readPool(pool.poolId)).toEqual(before);
  });

  test.each<[string, (keys: PoolKeys) => string]>([
    ['the members', ({ members }) => members],
    ['the owner', (keys) => keys.member('ada')],
  ])('a new pool, when the key of %s has a wrong type', async (_what, keyOf) => {
    const poolId = randomUUID();
    await redis.set(keyOf(poolKeys(poolId)), 'not what it should be');
    await expect(ledger.openPool({ poolId, ownerId: 'ada', actor: 'ada' })).rejects.toMatchObject({ code: 'internal' });
    expect(await ledger.readPool(poolId)).toBeNull();
  });

  test('the end of a hold, when the pool holds less than that', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await redis.hSet(poolKeys(pool.poolId).pool, { held: '100', paid: '900' });
    const release = ledger.release({ ...pool, state: 'failed', reason: 'timeout', actor: 'worker' });
    await expect(release).rejects.toMatchObject({ code: 'internal' });
    expect(await ledger.readPool(pool.poolId)).toMatchObject({ paid: 900, held: 100 });
  });

  test('a move to another stage, when the key of what is due has a wrong type', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    const { due } = poolKeys(pool.poolId);
    await redis.rename(due, `saved:{${pool.poolId}}`);
    await redis.set(due, 'not what it should be');
    const before = await ledger.readGeneration(pool.poolId, pool.generationId);
    await expect(ledger.advance({ ...pool, stage: 'running', ttlMs: 1_000 })).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await ledger.readGeneration(pool.poolId, pool.generationId)).toEqual(before);
  });

  test('what a dispute or a clawback does, when the key of what is set aside has a wrong type', async () => {
    const { poolId } = await fundedPool(ledger, { paid: 1_000 });
    const { aside } = poolKeys(poolId);
    await redis.set(aside, 'not what it should be');
    const payment = { poolId, paymentId: 'pi_paid', actor: 'checkout' };
    const claw = ledger.clawTo({ ...payment, target: millicredits(1), reference: 're' });
    await expect(claw).rejects.toMatchObject({ code: 'internal' });
    const dispute = ledger.dispute({ ...payment, disputeId: 'dp', phase: 'open' });
    await expect(dispute).rejects.toMatchObject({ code: 'internal' });
    const topup = { ...payment, paymentId: 'pi_2', amount: millicredits(1), origin: 'paid', reference: 'cs' } as const;
    await expect(ledger.topup(topup)).rejects.toMatchObject({ code: 'internal' });

    await redis.del(aside);
    expect(await auditPool(redis, poolId)).toEqual([]);
    expect(await ledger.readPool(poolId)).toMatchObject({ paid: 1_000, blocked: 0, seq: 2 });
  });

  test('any, when its sequence number is not the next one: the stream is the fence', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await redis.hIncrBy(poolKeys(pool.poolId).pool, 'seq', -1);
    const release = ledger.release({ ...pool, state: 'failed', reason: 'timeout', actor: 'worker' });
    await expect(release).rejects.toMatchObject({ code: 'internal' });
    expect(await ledger.readPool(pool.poolId)).toMatchObject({ paid: 600, held: 400 });
  });

  test('any, when the balances do not add up any more', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await redis.hIncrBy(poolKeys(pool.poolId).pool, 'paid', 1);
    await expect(ledger.hold(aHold(pool, 1))).rejects.toMatchObject({ code: 'internal' });
    expect(await ledger.readPool(pool.poolId)).toMatchObject({ paid: 601, held: 400, seq: 3 });
  });
});

test('when memory is short, new work stops and old work settles', async () => {
  const pool = await heldPool(ledger, 1_000, 400);
  const other = await heldPool(ledger, 1_000, 400);
  await redis.configSet('maxmemory', '1mb');
  try {
    await expect(ledger.hold(aHold(pool, 1))).rejects.toMatchObject({ code: 'broker_busy' });
    const captured = await ledger.capture({ ...pool, actual: millicredits(400), reference: 'job', actor: 'worker' });
    const released = await ledger.release({ ...other, state: 'failed', reason: 'timeout', actor: 'worker' });
    const credited = await ledger.topup({
      poolId: pool.poolId,
      paymentId: 'pi_2',
      amount: millicredits(5),
      origin: 'paid',
      reference: 'cs_2',
      actor: 'checkout',
    });
    expect([captured.code, released.code, credited.code]).toEqual(['OK', 'OK', 'OK']);
  } finally {
    await redis.configSet('maxmemory', '0');
  }
});

test('the scripts come with the build: a server that has forgotten them is told again', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  await redis.scriptFlush();
  expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'OK' });
});

test('amounts stay whole up to the largest that a pool can hold', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000_000_000 });
  await redis.hSet(poolKeys(pool.poolId).pool, { paid: '9007199254740000', in: '9007199254740000' });
  const held = await ledger.hold(aHold(pool, 1));
  expect(held.balance).toMatchObject({ paid: 9_007_199_254_739_999, held: 1, in: 9_007_199_254_740_000 });
  const topup = { poolId: pool.poolId, paymentId: 'pi_2', origin: 'paid', reference: 'cs', actor: 'checkout' } as const;
  await expect(ledger.topup({ ...topup, amount: millicredits(1_000_000) })).rejects.toMatchObject({ code: 'internal' });
});
