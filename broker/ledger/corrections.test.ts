import { describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { aHold, fundedPool, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

describe('freeze and thaw', () => {
  const act = { operationId: 'op_1', why: 'stolen card', actor: 'operator' };

  test('stop new holds and start them again, each an entry with actor and reason; what is open settles', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    expect(await ledger.freeze({ ...pool, ...act })).toMatchObject({ code: 'OK', balance: { status: 'frozen' } });
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'FROZEN' });
    const settled = { ...pool, actual: millicredits(400), reference: 'job', actor: 'worker' };
    expect(await ledger.capture(settled)).toMatchObject({ code: 'OK' });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);

    const thaw = { ...pool, operationId: 'op_2', why: 'it was not', actor: 'operator' };
    expect(await ledger.thaw(thaw)).toMatchObject({ code: 'OK', balance: { status: 'active' } });
    expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'OK' });
    const kinds = (await ledger.listEntries(pool.poolId, { limit: 5 })).map((entry) => [entry.kind, entry.reference]);
    expect(kinds).toContainEqual(['freeze', 'stolen card']);
    expect(kinds).toContainEqual(['thaw', 'it was not']);
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('answer REPLAY to a repeat that comes after the thaw, and freeze nothing again', async () => {
    const pool = await fundedPool(ledger);
    await ledger.freeze({ ...pool, ...act });
    await ledger.thaw({ ...pool, ...act, operationId: 'op_2' });
    expect(await ledger.freeze({ ...pool, ...act })).toMatchObject({ code: 'REPLAY', balance: { status: 'active' } });
    expect(await ledger.freeze({ ...pool, ...act, why: 'another' })).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('adjust', () => {
  const act = { operationId: 'op_1', why: 'broken picture', actor: 'operator' };

  test('gives and takes of one origin', async () => {
    const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
    const given = await ledger.adjust({ ...pool, ...act, change: millicredits(50), origin: 'gift' });
    expect(given).toMatchObject({ code: 'OK', balance: { paid: 1_000, gift: 350, in: 1_350, out: 0 } });
    const taken = { ...pool, ...act, operationId: 'op_2', change: millicredits(-1_000), origin: 'paid' } as const;
    expect(await ledger.adjust(taken)).toMatchObject({ code: 'OK', balance: { paid: 0, gift: 350, out: 1_000 } });
    const [entry] = await ledger.listEntries(pool.poolId, { limit: 1 });
    expect(entry).toMatchObject({
      kind: 'adjust',
      amount: -1_000,
      split: { gift: 0, paid: -1_000 },
      reference: act.why,
    });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('takes no gift that makes up for bought credits which are owed and blocked', async () => {
    const pool = await fundedPool(ledger, { paid: 500 });
    const second = { ...pool, paymentId: 'pi_2', reference: 'cs', actor: 'checkout' };
    await ledger.topup({ ...second, amount: millicredits(500), origin: 'paid' });
    await ledger.hold(aHold(pool, 600));
    await ledger.dispute({ ...second, disputeId: 'dp', phase: 'open' });
    await ledger.clawTo({ ...second, paymentId: 'pi_paid', target: millicredits(500) });
    const gift = { ...pool, ...act, change: millicredits(300), origin: 'gift' } as const;
    expect(await ledger.adjust(gift)).toMatchObject({
      balance: { paid: -100, gift: 300, blocked: 400, available: -200 },
    });
    const taken = { ...gift, operationId: 'op_2', change: millicredits(-1) };
    expect(await ledger.adjust(taken)).toMatchObject({ code: 'INSUFFICIENT', balance: { gift: 300 } });
  });

  test('takes no more than is available of that origin, and the refusal stays under its id', async () => {
    const pool = await heldPool(ledger, 1_000, 400);
    const taken = { ...pool, ...act, change: millicredits(-601), origin: 'paid' } as const;
    expect(await ledger.adjust(taken)).toMatchObject({ code: 'INSUFFICIENT', balance: { paid: 600, out: 0 } });
    await ledger.release({ ...pool, state: 'failed', reason: 'timeout', actor: 'worker' });
    expect(await ledger.adjust(taken)).toMatchObject({ code: 'INSUFFICIENT', balance: { paid: 1_000 } });
    expect(await auditPool(redis, pool.poolId)).toEqual([]);
  });

  test('happens once under an id', async () => {
    const pool = await fundedPool(ledger);
    const command = { ...pool, ...act, change: millicredits(50), origin: 'gift' } as const;
    await ledger.adjust(command);
    expect(await ledger.adjust(command)).toMatchObject({ code: 'REPLAY', balance: { gift: 50 } });
    const other = { ...command, change: millicredits(51) };
    expect(await ledger.adjust(other)).toMatchObject({ code: 'CONFLICT', balance: { gift: 50 } });
    await expect(ledger.adjust({ ...command, change: millicredits(0) })).rejects.toMatchObject({ code: 'internal' });
  });
});
