import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { type MoveIn, moveIn, stageEntries } from './move-in.ts';
import { moveOut } from './move-out.ts';
import { readLog } from './read-log.ts';
import { fundedPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

/** What another broker hands over of a pool that had 1,000 bought millicredits. */
async function handedOver() {
  const { poolId } = await fundedPool(ledger, { paid: 1_000 });
  await moveOut(redis, { poolId, moveId: 'move', to: 'here', why: 'moving house', actor: 'operator' });
  const entries = await readLog(redis, poolId, 1, 100);
  const last = entries.at(-1);
  if (!last) throw new Error('a pool has entries');
  const amount = millicredits(1_000);
  const command: MoveIn = {
    poolId: randomUUID(),
    moveId: 'move',
    seq: last.seq,
    head: last.entry.hash,
    in: amount,
    spent: millicredits(0),
    out: amount,
    gift: millicredits(0),
    paid: amount,
    bought: amount,
    owner: 'ada',
    opened: 1,
    status: 'active',
    why: 'moving house',
    actor: 'operator',
  };
  return { entries, command };
}

test('a pool of which all entries are there arrives once, with what it had', async () => {
  const { entries, command } = await handedOver();
  await stageEntries(redis, command.poolId, entries);
  const balance = { status: 'active', paid: 1_000, in: 2_000, out: 1_000, held: 0 };
  expect(await moveIn(redis, command)).toMatchObject({ code: 'OK', balance });
  expect(await moveIn(redis, command)).toMatchObject({ code: 'REPLAY', balance });
  expect(await moveIn(redis, { ...command, moveId: 'another' })).toMatchObject({ code: 'CONFLICT', balance });
  const told = (await ledger.listEntries(command.poolId, { limit: 100 })).toReversed();
  expect(told.map(({ kind }) => kind)).toEqual([...entries.map(({ entry }) => entry.kind), 'adjust', 'thaw']);
});

test.each<[string, (move: Awaited<ReturnType<typeof handedOver>>) => void]>([
  ['all', ({ entries }) => void entries.splice(0)],
  ['the first', ({ entries }) => void entries.shift()],
  ['the last', ({ entries }) => void entries.pop()],
])('while %s of its entries are missing, there is no pool', async (_which, lose) => {
  const move = await handedOver();
  lose(move);
  const { entries, command } = move;
  if (entries.length > 0) await stageEntries(redis, command.poolId, entries);
  expect(await moveIn(redis, command)).toMatchObject({ code: 'INCOMPLETE', balance: { in: 1_000, paid: 0 } });
  expect(await ledger.readPool(command.poolId)).toBeNull();
});

test('entries of another head are not its own', async () => {
  const { entries, command } = await handedOver();
  await stageEntries(redis, command.poolId, entries);
  expect(await moveIn(redis, { ...command, head: 'another' })).toMatchObject({ code: 'INCOMPLETE' });
  expect(await ledger.readPool(command.poolId)).toBeNull();
});
