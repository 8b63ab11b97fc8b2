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

const claw = ({ poolId }: Pool, paymentId: string, target: number) =>
  ledger.clawTo({ poolId, paymentId, target: millicredits(target), reference: 're_1', actor: 'checkout' });

const dispute = ({ poolId }: Pool, paymentId: string, phase: DisputePhase, disputeId = 'dp_1') =>
  ledger.dispute({ poolId, paymentId, disputeId, phase, actor: 'checkout' });

async function spend(pool: Pool, amount: number) {
  const command = aHold(pool, amount);
  await ledger.hold(command);
  const { generationId, ceiling: actual } = command;
  await ledger.capture({ ...pool, generationId, actual, reference: 'job', actor: 'worker' });
}

describe('clawTo', () => {
  test('moves to a cumulative target, so that duplicates and disorder change nothing', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    const codes: string[] = [];
    for (const target of [300, 300, 700, 300, 1_000, 700]) codes.push((await claw(pool, 'pi_1', target)).code);
    expect(codes).toEqual(['OK', 'REPLAY', 'OK', 'REPLAY', 'OK', 'REPLAY']);
    expect(await ledger.readPool(pool.poolId)).toMatchObject({ paid: 0, in: 1_000, out: 1_000 });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 07: what was spent already becomes a debt, holds are refused, and the next credit pays it', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    await spend(pool, 800);
    expect(await claw(pool, 'pi_1', 1_000)).toMatchObject({ code: 'OK', balance: { available: -800, spent: 800 } });
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'INSUFFICIENT' });
    expect(await pay(pool, 'pi_2', 900)).toMatchObject({ code: 'OK', balance: { available: 100 } });
    expect(await ledger.hold(aHold(pool, 100))).toMatchObject({ code: 'OK' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 12: takes from the origin that was credited', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
    expect(await claw(pool, 'pi_gift', 200)).toMatchObject({ balance: { paid: 1_000, gift: 100 } });
    expect(await claw(pool, 'pi_paid', 200)).toMatchObject({ balance: { paid: 800, gift: 100 } });
    const [entry] = await ledger.listEntries(pool.poolId, { limit: 1 });
    expect(entry).toMatchObject({ kind: 'clawback', operationId: 'pi_paid', amount: 200, reference: 're_1' });
    expect(await redis.hLen(poolKeys(pool.poolId).aside), 'of what was bought alone').toBe(1);
  });

  test('one that comes before its credit is netted when that comes', async () => {
    const pool = await fundedPool(ledger);
    expect(await claw(pool, 'pi_1', 300)).toMatchObject({ code: 'EARLY', balance: { seq: 1, out: 0 } });
    expect(await claw(pool, 'pi_1', 400)).toMatchObject({ code: 'EARLY' });
    expect(await pay(pool, 'pi_1', 1_000)).toMatchObject({ code: 'OK', balance: { paid: 600, in: 1_000, out: 400 } });
    expect(await claw(pool, 'pi_1', 400)).toMatchObject({ code: 'REPLAY' });
    const entries = await ledger.listEntries(pool.poolId, { limit: 2 });
    expect(entries.map(({ kind, amount, reference }) => [kind, amount, reference])).toEqual([
      ['clawback', 400, 're_1'],
      ['topup', 1_000, 'cs'],
    ]);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('with the revision of the payment the target is exact: what a failed refund took is given back', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    await claw(pool, 'pi_1', 700);
    const before = await ledger.readPayment(pool.poolId, 'pi_1');
    expect(before).toMatchObject({ credited: 1_000, back: 700, target: 700 });
    const exact = { poolId: pool.poolId, paymentId: 'pi_1', reference: 're_1 failed', actor: 'checkout' };
    const given = await ledger.clawTo({ ...exact, target: millicredits(0), revision: before.revision });
    expect(given).toMatchObject({ code: 'OK', balance: { paid: 1_000, in: 1_700, out: 700 } });
    const late = await ledger.clawTo({ ...exact, target: millicredits(700), revision: before.revision });
    expect(late).toMatchObject({ code: 'STALE', balance: { paid: 1_000 } });
    const [entry] = await ledger.listEntries(pool.poolId, { limit: 1 });
    expect(entry).toMatchObject({ kind: 'clawback', amount: -700, reference: 're_1 failed' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('a revision is used up even when its target changed nothing', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    const { revision } = await ledger.readPayment(pool.poolId, 'pi_paid');
    const exact = { poolId: pool.poolId, paymentId: 'pi_paid', reference: 're', actor: 'checkout', revision };
    expect(await ledger.clawTo({ ...exact, target: millicredits(0) })).toMatchObject({ code: 'REPLAY' });
    expect(await ledger.clawTo({ ...exact, target: millicredits(500) })).toMatchObject({ code: 'STALE' });
  });

  test('case 18: what is given back while a dispute is open is blocked with the rest', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    await claw(pool, 'pi_1', 400);
    await dispute(pool, 'pi_1', 'open');
    const { revision } = await ledger.readPayment(pool.poolId, 'pi_1');
    const given = {
      poolId: pool.poolId,
      paymentId: 'pi_1',
      target: millicredits(0),
      reference: 're',
      actor: 'checkout',
    };
    expect(await ledger.clawTo({ ...given, revision })).toMatchObject({
      balance: { paid: 1_000, blocked: 1_000, available: 0 },
    });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('never takes more than the payment brought', async () => {
    const pool = await fundedPool(ledger, { paid: 5_000 });
    await pay(pool, 'pi_1', 1_000);
    expect(await claw(pool, 'pi_1', 9_000)).toMatchObject({ code: 'OK', balance: { paid: 5_000, out: 1_000 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('settles what is open, though the pool is in debt', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    const command = aHold(pool, 600);
    await ledger.hold(command);
    await claw(pool, 'pi_paid', 1_000);
    const { generationId } = command;
    const released = { ...pool, generationId, state: 'failed', reason: 'timeout', actor: 'worker' } as const;
    expect(await ledger.release(released)).toMatchObject({ code: 'OK', balance: { available: 0, held: 0 } });
  });
});

describe('dispute', () => {
  test('case 18: blocks only what is left of what its payment bought, until it is won', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    await pay(pool, 'pi_2', 500);
    await spend(pool, 400);
    expect(await dispute(pool, 'pi_1', 'open')).toMatchObject({
      code: 'OK',
      balance: { status: 'active', paid: 1_100, blocked: 600, available: 500 },
    });
    expect(await ledger.hold(aHold(pool, 501))).toMatchObject({ code: 'INSUFFICIENT' });
    await spend(pool, 500);
    expect(await dispute(pool, 'pi_1', 'won')).toMatchObject({ balance: { blocked: 0, available: 600 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 18: about credits that are spent, it blocks nothing', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    await spend(pool, 1_000);
    await pay(pool, 'pi_2', 500);
    expect(await dispute(pool, 'pi_1', 'open')).toMatchObject({ balance: { blocked: 0, available: 500 } });
    expect(await dispute(pool, 'pi_2', 'open', 'dp_2')).toMatchObject({ balance: { blocked: 500, available: 0 } });
  });

  test('a lost one takes its credits and no others', async () => {
    const pool = await fundedPool(ledger);
    await pay(pool, 'pi_1', 1_000);
    await pay(pool, 'pi_2', 500);
    await dispute(pool, 'pi_1', 'open');
    expect(await claw(pool, 'pi_1', 1_000)).toMatchObject({ balance: { paid: 500, blocked: 0, available: 500 } });
    expect(await dispute(pool, 'pi_1', 'lost')).toMatchObject({ balance: { blocked: 0, available: 500 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('goes forward only: a phase that comes late is STALE, the same one REPLAY', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    const codes: string[] = [];
    for (const phase of ['inquiry', 'open', 'inquiry', 'open', 'won', 'open'] as const) {
      codes.push((await dispute(pool, 'pi_paid', phase)).code);
    }
    expect(codes).toEqual(['OK', 'OK', 'STALE', 'REPLAY', 'OK', 'STALE']);
    expect(await ledger.readPool(pool.poolId)).toMatchObject({ blocked: 0, available: 1_000 });
  });

  test('an inquiry blocks nothing, and of two disputes the last one lifts the block', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    expect(await dispute(pool, 'pi_paid', 'inquiry')).toMatchObject({ balance: { blocked: 0 } });
    await dispute(pool, 'pi_paid', 'open');
    await dispute(pool, 'pi_paid', 'open', 'dp_2');
    expect(await dispute(pool, 'pi_paid', 'won')).toMatchObject({ balance: { blocked: 1_000 } });
    expect(await dispute(pool, 'pi_paid', 'won', 'dp_2')).toMatchObject({ balance: { blocked: 0 } });
  });

  test('one that comes before its credit blocks it when that comes', async () => {
    const pool = await fundedPool(ledger, { gift: 50 });
    await dispute(pool, 'pi_1', 'open');
    expect(await pay(pool, 'pi_1', 1_000)).toMatchObject({ balance: { paid: 1_000, blocked: 1_000, available: 50 } });
    expect(await ledger.hold(aHold(pool, 51))).toMatchObject({ code: 'INSUFFICIENT' });
    expect(await ledger.hold(aHold(pool, 50))).toMatchObject({ code: 'OK' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });
});
