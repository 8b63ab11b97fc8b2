import { describe, expect, test } from 'vitest';
import { heldPool, startTestLedger } from './test-ledger.ts';

const { ledger } = await startTestLedger();

describe('advance', () => {
  test('moves the stage, the state that people see, the due time and the record', async () => {
    const pool = await heldPool(ledger, 100, 40);
    const submitting = await ledger.advance({ ...pool, stage: 'submitting', fields: { tried: '1' } });
    expect(submitting).toMatchObject({ code: 'OK', standing: { stage: 'submitting', state: 'running', hold: 'held' } });
    const submitted = await ledger.advance({ ...pool, stage: 'submitted', fields: { job: 'j-1' }, ttlMs: 3_600_000 });
    expect(submitted).toMatchObject({ code: 'OK', balance: { held: 40, available: 60 } });

    const record = await ledger.readGeneration(pool.poolId, pool.generationId);
    expect(record).toMatchObject({
      stage: 'submitted',
      state: 'running',
      fields: { model: 'sketch', tried: '1', job: 'j-1' },
    });
    expect((record?.dueAt ?? 0) - (record?.updatedAt ?? 0)).toBe(3_600_000);
    expect((await ledger.listOpenHolds(pool.poolId)).holds).toMatchObject([
      { generationId: pool.generationId, memberId: 'ada', stage: 'submitted', dueAt: record?.dueAt },
    ]);
  });

  test('lets one of two rivals make a move, and answers REPLAY to the one who repeats it', async () => {
    const pool = await heldPool(ledger, 100, 40);
    const move = { ...pool, from: ['queued'], stage: 'submitting' } as const;
    const first = await ledger.advance({ ...move, operationId: 'worker-1' });
    const rival = await ledger.advance({ ...move, operationId: 'worker-2' });
    const again = await ledger.advance({ ...move, operationId: 'worker-1' });
    expect([first.code, rival.code, again.code]).toEqual(['OK', 'WRONG_STAGE', 'REPLAY']);
  });

  test('knows a repeat also when a wish to cancel came between', async () => {
    const pool = await heldPool(ledger, 100, 40);
    const move = { ...pool, from: ['queued'], stage: 'submitting', operationId: 'worker-1' } as const;
    await ledger.advance(move);
    await ledger.advance({ ...pool, fields: { cancellation: 'requested' } });
    const rival = await ledger.advance({ ...move, operationId: 'worker-2' });
    const again = await ledger.advance(move);
    expect([rival.code, again.code]).toEqual(['WRONG_STAGE', 'REPLAY']);
    expect(await ledger.readGeneration(pool.poolId, pool.generationId)).toMatchObject({
      fields: { cancellation: 'requested' },
    });
  });

  test('goes back only when told from where', async () => {
    const pool = await heldPool(ledger, 100, 40);
    await ledger.advance({ ...pool, stage: 'storing' });
    expect(await ledger.advance({ ...pool, stage: 'submitted' })).toMatchObject({ code: 'WRONG_STAGE' });
    expect(await ledger.advance({ ...pool, from: ['storing'], stage: 'queued' })).toMatchObject({
      code: 'OK',
      standing: { stage: 'queued', state: 'queued' },
    });
  });

  test('writes a flag without changing the stage', async () => {
    const pool = await heldPool(ledger, 100, 40);
    await ledger.advance({ ...pool, stage: 'submitted' });
    await ledger.advance({ ...pool, fields: { cancelRequested: '1' } });
    expect(await ledger.readGeneration(pool.poolId, pool.generationId)).toMatchObject({
      stage: 'submitted',
      fields: { cancelRequested: '1' },
    });
  });

  test('answers TERMINAL once the hold has ended, and UNKNOWN when there never was one', async () => {
    const pool = await heldPool(ledger, 100, 40);
    await ledger.release({ ...pool, state: 'cancelled', reason: 'cancelled', actor: 'ada' });
    expect(await ledger.advance({ ...pool, stage: 'running' })).toMatchObject({
      code: 'TERMINAL',
      standing: { hold: 'released', state: 'cancelled' },
    });
    const unknown = await ledger.advance({ poolId: pool.poolId, generationId: 'none', stage: 'running' });
    expect(unknown).toMatchObject({ code: 'UNKNOWN', standing: null });
  });

  test('and a cancel agree on who was first, whichever it was', async () => {
    for (let round = 0; round < 50; round++) {
      const pool = await heldPool(ledger, 100, 40);
      const cancel = {
        ...pool,
        state: 'cancelled',
        reason: 'cancelled',
        actor: 'ada',
        onlyAtStages: ['queued'],
      } as const;
      const take = { ...pool, from: ['queued'], stage: 'running' } as const;
      const [cancelled, taken] =
        round % 2 === 0
          ? await Promise.all([ledger.release(cancel), ledger.advance(take)])
          : (await Promise.all([ledger.advance(take), ledger.release(cancel)])).toReversed();
      expect([
        ['OK', 'TERMINAL'],
        ['TOO_LATE', 'OK'],
      ]).toContainEqual([cancelled?.code, taken?.code]);
    }
  });
});
