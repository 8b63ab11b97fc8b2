import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { poolKeys } from './keys.ts';
import { heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

test('a result that comes after its hold was given back is the person’s, once and free, and lives as long as its pictures', async () => {
  const pool = await heldPool(ledger, 100, 40);
  const { poolId, generationId } = pool;
  await ledger.release({ ...pool, state: 'failed', reason: 'timeout', actor: 'worker' });
  const before = await ledger.readPool(poolId);
  const first = await ledger.late({ poolId, generationId, fields: { outputs: 'one' } });
  expect(first).toMatchObject({ code: 'OK', standing: { hold: 'released', state: 'succeeded' } });
  expect(await ledger.late({ poolId, generationId, fields: { outputs: 'two' } })).toMatchObject({ code: 'REPLAY' });
  const record = await ledger.readGeneration(poolId, generationId);
  expect(record).toMatchObject({ hold: 'released', state: 'succeeded', fields: { outputs: 'one' } });
  expect(await redis.ttl(poolKeys(poolId).hold(generationId)), 'for ever').toBe(-1);
  expect(await ledger.readPool(poolId)).toEqual(before);
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('a hold that is open or was captured has no late result, and one that never was has none', async () => {
  const pool = await heldPool(ledger, 100, 40);
  const { poolId, generationId } = pool;
  const late = (id: string) => ledger.late({ poolId, generationId: id, fields: { outputs: 'late' } });
  expect(await late(generationId)).toMatchObject({ code: 'OPEN' });
  await ledger.capture({ ...pool, actual: millicredits(40), reference: 'job', actor: 'worker' });
  expect(await late(generationId)).toMatchObject({ code: 'TERMINAL' });
  expect((await ledger.readGeneration(poolId, generationId))?.fields.outputs).toBeUndefined();
  expect(await late('none')).toMatchObject({ code: 'UNKNOWN' });
});
