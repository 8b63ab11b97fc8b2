import { expect, test } from 'vitest';
import { auditPool } from './audit-pool.ts';
import { poolKeys } from './keys.ts';
import { heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

test('what becomes known after a hold has ended is added to its record, which keeps what it has and lives no longer', async () => {
  const { poolId, generationId, ...pool } = await heldPool(ledger, 100, 40);
  const whose = { poolId, generationId };
  expect(await ledger.note({ ...whose, fields: { job: 'j-1' } })).toMatchObject({ code: 'OPEN' });
  await ledger.release({ ...whose, ...pool, state: 'failed', reason: 'interrupted', actor: 'worker' });
  const before = { pool: await ledger.readPool(poolId), life: await redis.ttl(poolKeys(poolId).hold(generationId)) };
  expect(await ledger.note({ ...whose, fields: { job: 'j-1', model: 'another' } })).toMatchObject({ code: 'OK' });
  expect(await ledger.note({ ...whose, fields: { job: 'j-2' } })).toMatchObject({ code: 'OK' });

  expect((await ledger.readGeneration(poolId, generationId))?.fields).toEqual({ model: 'sketch', job: 'j-1' });
  expect(await ledger.readPool(poolId)).toEqual(before.pool);
  expect(await redis.ttl(poolKeys(poolId).hold(generationId))).toBeLessThanOrEqual(before.life);
  expect(await auditPool(redis, poolId)).toEqual([]);
  expect(await ledger.note({ poolId, generationId: 'none', fields: {} })).toMatchObject({ code: 'UNKNOWN' });
});
