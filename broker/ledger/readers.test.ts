import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { poolKeys } from './keys.ts';
import { listOpenPools, rebuildOpenPools } from './open-holds.ts';
import { aHold, fundedPool, heldPool, startTestLedger } from './test-ledger.ts';

const { ledger, redis } = await startTestLedger();

test('entries are read newest first, in pages, each with what the pool had before and after it', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000, gift: 300 });
  const command = aHold(pool, 500, { tag: 'client-a' });
  const { generationId } = command;
  await ledger.hold(command);
  await ledger.capture({
    ...pool,
    generationId,
    tag: 'client-a',
    actual: millicredits(400),
    reference: 'job-1',
    actor: 'worker',
  });

  const page = await ledger.listEntries(pool.poolId, { limit: 3 });
  expect(page.map(({ seq, kind }) => [seq, kind])).toEqual([
    [5, 'capture'],
    [4, 'hold'],
    [3, 'topup'],
  ]);
  expect(page[0]).toMatchObject({
    operationId: generationId,
    amount: 400,
    split: { gift: 300, paid: 100 },
    memberId: 'ada',
    tag: 'client-a',
    before: { paid: 800, gift: 0, held: 500 },
    after: { paid: 900, gift: 0, held: 0 },
    actor: 'worker',
    reference: 'job-1',
  });
  expect(Math.abs((page[0]?.time ?? 0) - Date.now())).toBeLessThan(60_000);

  const rest = await ledger.listEntries(pool.poolId, { before: 3, limit: 10 });
  expect(rest.map(({ seq, kind }) => [seq, kind])).toEqual([
    [2, 'topup'],
    [1, 'open'],
  ]);
  expect(rest[1]).toMatchObject({ before: { paid: 0, gift: 0, held: 0 }, after: { paid: 0, gift: 0, held: 0 } });
  expect(await ledger.listEntries('nowhere', { limit: 10 })).toEqual([]);
});

test('generations are read newest first, in pages without gaps or repeats; vanished records are passed over', async () => {
  const pool = await fundedPool(ledger, { paid: 1_000 });
  const ids = Array.from({ length: 7 }, (_, index) => `generation-${index}`);
  await Promise.all(ids.map((generationId) => ledger.hold(aHold(pool, 10, { generationId }))));
  await redis.del(poolKeys(pool.poolId).hold('generation-3'));

  const all = await ledger.listGenerations(pool.poolId, { limit: 100 });
  expect(all).toHaveLength(6);
  const paged: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await ledger.listGenerations(pool.poolId, { limit: 2, ...(before && { before }) });
    paged.push(...page.map(({ generationId }) => generationId));
    before = paged.at(-1);
    if (page.length < 2) break;
  }
  expect(paged).toEqual(all.map(({ generationId }) => generationId));
  expect(new Set(paged).size).toBe(6);
  expect(await ledger.listGenerations(pool.poolId, { limit: 2, before: 'unknown' })).toEqual([]);
});

test('what is not there is null', async () => {
  expect(await ledger.readPool('nowhere')).toBeNull();
  expect(await ledger.readMember('nowhere', 'ada')).toBeNull();
  expect(await ledger.readGeneration('nowhere', 'none')).toBeNull();
  expect(await ledger.listMembers('nowhere')).toEqual([]);
});

test('a pool with open holds is found by the sweeper, until it has none and its mark is old', async () => {
  const pool = await heldPool(ledger, 1_000, 400);
  expect(await ledger.listOpenPools()).toContain(pool.poolId);
  expect((await ledger.listOpenHolds(pool.poolId)).holds).toMatchObject([
    { generationId: pool.generationId, memberId: 'ada', state: 'queued', stage: 'queued' },
  ]);
  await ledger.release({ ...pool, state: 'failed', reason: 'timeout', actor: 'worker' });

  expect(await ledger.listOpenPools()).not.toContain(pool.poolId);
  expect(await redis.zScore('open-pools', pool.poolId)).not.toBeNull();
  await listOpenPools(redis, Date.now() + 180_000);
  expect(await redis.zScore('open-pools', pool.poolId)).toBeNull();
});

test('a pool whose open holds cannot be listed is found all the same, and hides none of the others', async () => {
  const [broken, sound] = [await heldPool(ledger, 1_000, 400), await heldPool(ledger, 1_000, 400)];
  const { due } = poolKeys(broken.poolId);
  await redis.del(due);
  await redis.set(due, 'no sorted set');
  expect(await ledger.listOpenPools()).toEqual(expect.arrayContaining([broken.poolId, sound.poolId]));
  await expect(ledger.listOpenHolds(broken.poolId)).rejects.toMatchObject({ code: 'internal' });
});

test('an open hold whose record cannot be read is told apart, and hides none of the others', async () => {
  const pool = await heldPool(ledger, 1_000, 400);
  const broken = [aHold(pool, 10), aHold(pool, 10)];
  for (const command of broken) await ledger.hold(command);
  const [odd, string] = broken.map(({ generationId }) => poolKeys(pool.poolId).hold(generationId));
  await redis.hSet(odd ?? '', 'stage', 'dreaming');
  await redis.set(string ?? '', 'no hash');

  const { holds, unreadable } = await ledger.listOpenHolds(pool.poolId);
  expect(holds.map(({ generationId }) => generationId)).toEqual([pool.generationId]);
  expect(unreadable.toSorted()).toEqual(broken.map(({ generationId }) => generationId).toSorted());
});

test('a pool whose mark was lost is found again by looking at all of them', async () => {
  const pool = await heldPool(ledger, 1_000, 400);
  await redis.del('open-pools');
  await rebuildOpenPools(redis);
  expect(await ledger.listOpenPools()).toContain(pool.poolId);
});
