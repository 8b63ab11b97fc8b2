import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import { moveOut } from './move-out.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

const move = (poolId: string, to = 'another broker') =>
  moveOut(redis, { poolId, moveId: 'move', to, why: 'moving house', actor: 'operator' });

test('a pool is moved once and to one broker, and stays frozen with nothing in it', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 700, gift: 300 });
  const balance = { status: 'frozen', paid: 0, gift: 0, out: 1_000 };
  expect(await move(poolId)).toMatchObject({ code: 'OK', balance });
  expect(await move(poolId)).toMatchObject({ code: 'REPLAY', balance });
  expect(await move(poolId, 'a third')).toMatchObject({ code: 'CONFLICT', balance });
  const thaw = { poolId, operationId: 'thaw', why: 'why', actor: 'operator' };
  expect(await ledger.thaw(thaw)).toMatchObject({ code: 'MOVED', balance });
  const gift = {
    poolId,
    operationId: 'gift',
    change: millicredits(5),
    origin: 'gift',
    why: 'why',
    actor: 'op',
  } as const;
  expect(await ledger.adjust(gift)).toMatchObject({ code: 'MOVED', balance });
  expect(await ledger.readPool(poolId)).toMatchObject(balance);
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test.each<[string, (pool: Awaited<ReturnType<typeof fundedPool>>) => Promise<unknown>]>([
  ['OPEN_HOLDS', (pool) => ledger.hold(aHold(pool, 1))],
  [
    'DISPUTED',
    ({ poolId }) => ledger.dispute({ poolId, paymentId: 'pi_paid', disputeId: 'dp', phase: 'open', actor: 'checkout' }),
  ],
  [
    'DEBT',
    async (pool) => {
      const { generationId } = aHold(pool, 1_000);
      await ledger.hold(aHold(pool, 1_000, { generationId }));
      const actual = millicredits(1_000);
      await ledger.capture({ ...pool, generationId, actual, reference: 'job', actor: 'worker' });
      await ledger.clawTo({ ...pool, paymentId: 'pi_paid', target: actual, reference: 're', actor: 'checkout' });
    },
  ],
])('%s: it stays where it is, as it was', async (code, bringAbout) => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  await bringAbout(pool);
  const before = await ledger.readPool(pool.poolId);
  expect(await move(pool.poolId)).toMatchObject({ code });
  expect(await ledger.readPool(pool.poolId)).toEqual(before);
});
