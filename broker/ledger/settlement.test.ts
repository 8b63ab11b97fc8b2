import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { poolKeys } from './keys.ts';
import { aHold, fundedPool, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

const worker = { actor: 'worker', reference: 'job-1' };
const failure = { state: 'failed', reason: 'timeout', actor: 'worker' } as const;

describe('capture', () => {
  test('spends at most the ceiling, returns the rest, and ends the generation', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    const captured = await ledger.capture({
      ...pool,
      ...worker,
      actual: millicredits(150),
      fields: { outputs: '[1]' },
    });
    expect(captured).toMatchObject({
      code: 'OK',
      balance: { paid: 850, held: 0, spent: 150, in: 1_000, openHolds: 0 },
      standing: { hold: 'captured', state: 'succeeded', captured: 150 },
    });
    const record = await ledger.readGeneration(pool.poolId, pool.generationId);
    expect(record).toMatchObject({ state: 'succeeded', captured: 150, fields: { model: 'sketch', outputs: '[1]' } });
    expect(record?.settledAt).not.toBeNull();
    expect(await ledger.readMember(pool.poolId, 'ada')).toMatchObject({ held: 0, used: 150 });
    expect(await ledger.listOpenHolds(pool.poolId)).toEqual({ holds: [], unreadable: [] });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('answers REPLAY to the same capture, TERMINAL to another amount, and charges once', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await ledger.capture({ ...pool, ...worker, actual: millicredits(150) });
    const again = await ledger.capture({ ...pool, ...worker, actual: millicredits(150) });
    const other = await ledger.capture({ ...pool, ...worker, actual: millicredits(151) });
    expect(again).toMatchObject({ code: 'REPLAY', balance: { spent: 150 }, standing: { captured: 150 } });
    expect(other).toMatchObject({ code: 'TERMINAL', balance: { spent: 150 }, standing: { hold: 'captured' } });
  });

  test.each([401, 0, -5, 0.5, 1_000_000_001])('answers BAD_ARGUMENT to %d on a hold of 400', async (actual) => {
    const pool = await heldPool(ledger, 1_000, 400);
    const wrong = await ledger.capture({ ...pool, ...worker, actual: actual as ReturnType<typeof millicredits> });
    expect(wrong).toMatchObject({ code: 'BAD_ARGUMENT', balance: { held: 400, spent: 0 } });
  });

  test('answers BAD_ARGUMENT for another member, and UNKNOWN for no hold or a refused one', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    const actual = millicredits(1);
    expect(await ledger.capture({ ...pool, ...worker, actual, memberId: 'eve' })).toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    expect(await ledger.capture({ ...pool, ...worker, actual, generationId: 'none' })).toMatchObject({
      code: 'UNKNOWN',
    });
    const refused = aHold(pool, 5_000);
    await ledger.hold(refused);
    const { generationId } = refused;
    expect(await ledger.capture({ ...pool, ...worker, actual, generationId })).toMatchObject({ code: 'UNKNOWN' });
  });

  test('never follows a release: a late result is the house’s loss', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await ledger.release({ ...pool, ...failure });
    const late = await ledger.capture({ ...pool, ...worker, actual: millicredits(100) });
    expect(late).toMatchObject({
      code: 'TERMINAL',
      balance: { paid: 1_000, spent: 0 },
      standing: { hold: 'released' },
    });
  });
});

describe('release', () => {
  test('gives all of it back, keeps the reason, and ends the generation', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    const released = await ledger.release({ ...pool, ...failure, fields: { detail: 'no answer' } });
    expect(released).toMatchObject({ code: 'OK', balance: { paid: 1_000, held: 0, spent: 0, openHolds: 0 } });
    expect(await ledger.readGeneration(pool.poolId, pool.generationId)).toMatchObject({
      state: 'failed',
      hold: 'released',
      reason: 'timeout',
      captured: 0,
      fields: { detail: 'no answer' },
    });
    expect(await redis.pTTL(poolKeys(pool.poolId).hold(pool.generationId))).toBeGreaterThan(34 * 86_400_000);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 07: a second release of one hold is a no-op that returns the first result', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    const first = await ledger.release({ ...pool, ...failure });
    const second = await ledger.release({ ...pool, state: 'cancelled', reason: 'cancelled', actor: 'ada' });
    expect(second).toEqual({ ...first, code: 'REPLAY' });
    expect(second.balance).toEqual(first.balance);
    // Every balance follows from the entries: in − out − spent is what there is.
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('case 12: a release and the rest of a capture go back to the lots that they came from', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
    const first = aHold(pool, 500);
    await ledger.hold(first);
    const released = await ledger.release({ ...pool, ...failure, generationId: first.generationId });
    expect(released.balance).toMatchObject({ gift: 300, paid: 1_000 });

    const second = aHold(pool, 500);
    await ledger.hold(second);
    const captured = await ledger.capture({
      ...pool,
      ...worker,
      generationId: second.generationId,
      actual: millicredits(350),
    });
    expect(captured.balance).toMatchObject({ gift: 0, paid: 950, spent: 350 });

    const [entry] = await ledger.listEntries(pool.poolId, { limit: 1 });
    expect(entry).toMatchObject({ kind: 'capture', amount: 350, split: { gift: 300, paid: 50 } });
  });

  test('only at the stages it names', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    await ledger.advance({ ...pool, stage: 'submitting' });
    const late = await ledger.release({ ...pool, ...failure, onlyAtStages: ['queued', 'running'] });
    expect(late).toMatchObject({ code: 'TOO_LATE', balance: { held: 400 }, standing: { stage: 'submitting' } });
  });

  test('answers TERMINAL after a capture, BAD_ARGUMENT for another member, UNKNOWN for no hold', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    expect(await ledger.release({ ...pool, ...failure, memberId: 'eve' })).toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(await ledger.release({ ...pool, ...failure, generationId: 'none' })).toMatchObject({ code: 'UNKNOWN' });
    await ledger.capture({ ...pool, ...worker, actual: millicredits(400) });
    expect(await ledger.release({ ...pool, ...failure })).toMatchObject({ code: 'TERMINAL', balance: { spent: 400 } });
  });
});

describe('expire', () => {
  const over = { reason: 'timeout', actor: 'sweeper' };

  test('gives back a hold whose time is over and whose job was never sent', async () => {
    const pool = await heldPool(ledger, 1_000, 400, { ttlMs: 0 });
    const expired = await ledger.expire({ ...pool, ...over });
    expect(expired).toMatchObject({
      code: 'OK',
      balance: { paid: 1_000, held: 0 },
      standing: { hold: 'expired', state: 'failed' },
    });
    expect(await ledger.expire({ ...pool, ...over })).toMatchObject({ code: 'REPLAY' });
    expect(await ledger.release({ ...pool, ...failure })).toMatchObject({ code: 'TERMINAL' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('answers NOT_DUE before its time', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    expect(await ledger.expire({ ...pool, ...over })).toMatchObject({ code: 'NOT_DUE', balance: { held: 400 } });
  });

  test.each(['submitting', 'submitted', 'storing'] as const)('answers SUBMITTED to a job that is %s', async (stage) => {
    const pool = await heldPool(ledger, 1_000, 400, { ttlMs: 0 });
    await ledger.advance({ ...pool, stage });
    expect(await ledger.expire({ ...pool, ...over })).toMatchObject({ code: 'SUBMITTED', balance: { held: 400 } });
  });

  test('answers TERMINAL after a capture, BAD_ARGUMENT for another member, UNKNOWN for no hold', async () => {
    const pool = await heldPool(ledger, 1_000, 400, { ttlMs: 0 });
    expect(await ledger.expire({ ...pool, ...over, memberId: 'eve' })).toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(await ledger.expire({ ...pool, ...over, generationId: 'none' })).toMatchObject({ code: 'UNKNOWN' });
    await ledger.capture({ ...pool, ...worker, actual: millicredits(400) });
    expect(await ledger.expire({ ...pool, ...over })).toMatchObject({ code: 'TERMINAL' });
  });
});
