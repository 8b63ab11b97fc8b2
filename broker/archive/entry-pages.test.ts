import { expect, test } from 'vitest';
import { createEntryPages } from './entry-pages.ts';
import { busyPool, carryOn, startTestArchive } from './test-archive.ts';

const { ledger, store, seal, archiver } = await startTestArchive();
const listEntries = createEntryPages({ ledger, store, seal });

test('people page through all entries, whether the ledger or the archive has them', async () => {
  const pool = await busyPool(ledger, 240);
  await archiver().runOnce();
  await carryOn(ledger, pool, 12);
  const all = await ledger.listEntries(pool.poolId, { limit: 1_000 });
  await archiver().runOnce();
  const first = await ledger.listEntries(pool.poolId, { limit: 1_000 });
  expect([all.length, first.length]).toEqual([212, 200]);

  const paged = [];
  for (let before: number | undefined; ; before = paged.at(-1)?.seq) {
    const page = await listEntries(pool.poolId, { limit: 37, ...(before && { before }) });
    paged.push(...page);
    if (page.length < 37) break;
  }
  expect(paged.map(({ seq }) => seq)).toEqual(Array.from({ length: 252 }, (_, index) => 252 - index));
  expect(paged.slice(0, 212)).toEqual(all);
  for (const [index, entry] of paged.slice(0, -1).entries()) expect(entry.before).toEqual(paged[index + 1]?.after);
  expect(await listEntries(pool.poolId, { limit: 10, before: 1 })).toEqual([]);
});

test('a pool that was never archived is paged as ever', async () => {
  const { poolId } = await busyPool(ledger, 10);
  const limits = [3, 10, 50].map((limit) => listEntries(poolId, { limit }));
  expect((await Promise.all(limits)).map(({ length }) => length)).toEqual([3, 10, 10]);
});
