import { expect, test } from 'vitest';
import { readMark } from '../archive/mark.ts';
import { busyPool, carryOn } from '../archive/test-archive.ts';
import { createProgram } from './program.ts';
import { startTestBooks } from './test-books.ts';

const { ledger, open, archiver, alarmsAbout, backUp, logLength, store, seal } = await startTestBooks();

async function acceptLoss(poolId: string, ...more: string[]): Promise<string> {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  const program = createProgram({ open, write, user: 'eva', fail: () => undefined });
  const args = ['accept-loss', poolId, '--reason', 'the owner was paid back', ...more];
  await program.parseAsync(args, { from: 'user' });
  return printed;
}

test('of what is in the archive, only a backup gives it back', async () => {
  const pool = await busyPool(ledger, 150);
  const restore = await backUp(pool.poolId);
  await carryOn(ledger, pool, 300);
  await archiver().runOnce();
  await restore();
  await expect(acceptLoss(pool.poolId, '--yes')).rejects.toThrow('restore Redis from a backup that has entry 250');
});

test('a pool that lost history is archived on, and may be thawed, once the loss is settled', async () => {
  const pool = await busyPool(ledger, 150);
  const { poolId } = pool;
  await archiver().runOnce();
  await expect(acceptLoss(poolId)).rejects.toThrow('lost nothing');
  const restore = await backUp(poolId);
  await carryOn(ledger, pool, 4);
  await archiver().runOnce();
  await restore();
  await archiver().runOnce();
  expect(alarmsAbout(poolId)).toEqual(['lost_history']);
  expect(await acceptLoss(poolId)).toContain('Nothing was done');
  await archiver().runOnce();
  expect(alarmsAbout(poolId)).toHaveLength(2);

  expect(await acceptLoss(poolId, '--yes')).toContain('entry 154 was there before. Settled');
  await ledger.thaw({ poolId, operationId: 'thaw', why: 'settled', actor: 'operator:eva' });
  await carryOn(ledger, pool, 100);
  await archiver().runOnce();
  expect(alarmsAbout(poolId)).toHaveLength(2);
  expect(await logLength(poolId)).toBe(201);
  const mark = await readMark(store, seal, poolId);
  expect(mark?.accepted).toMatchObject([{ seen: { seq: 154 }, actor: 'operator:eva', why: 'the owner was paid back' }]);
});
