import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditPool } from '../ledger/audit-pool.ts';
import { startTestLedger } from '../ledger/test-ledger.ts';
import { Batch } from './test-history.ts';
import { playBatch } from './test-history-player.ts';
import { booksOf, truthOf } from './test-history-truth.ts';

const { ledger, redis } = await startTestLedger();
const time = { now: Date.parse('2026-11-22T12:00:00Z') };

const POOLS = 50;
const seed = Number(process.env.HISTORIES_SEED ?? Date.now() % 2 ** 31);
const batches = Math.ceil(Number(process.env.HISTORIES ?? 300) / POOLS);
/** The batch of a run that is played again alone; all of them when absent. */
const { HISTORIES_BATCH: only } = process.env;

/** Plays a batch, and compares each pool with Stripe. @returns the histories that ended otherwise, and how. */
async function playAndCompare(batch: Batch) {
  const { stripe, pools, ...passes } = await playBatch({ redis, ledger, time }, batch);
  await stripe.close();
  const truthFor = truthOf(stripe);
  const wrong = [];
  for (const [index, poolId] of pools.entries()) {
    const truth = truthFor(poolId);
    const books = await booksOf(ledger, poolId, truth);
    const faults = await auditPool(redis, poolId);
    const history = batch.histories[index];
    if (history && !isDeepStrictEqual([books, faults], [truth, []])) wrong.push({ history, books, truth, faults });
  }
  return { wrong, passes };
}

/** What the last pass, the one after it and the audit of those days have to say. */
const FINE = {
  last: expect.objectContaining({ failed: 0 }),
  afterwards: { checked: 0, credited: 0, failed: 0 },
  audited: { checked: expect.any(Number), putRight: 0, differing: [] },
};

/** Fails with the smallest batch that goes wrong as this one does, unless it does not. */
async function shrink(batch: Batch): Promise<void> {
  const property = fc.asyncProperty(Batch(1), async (smaller) => {
    const { wrong } = await playAndCompare(smaller);
    for (const { books, truth, faults } of wrong) expect({ books, faults }).toEqual({ books: truth, faults: [] });
  });
  await fc.assert(property, { numRuns: 1, examples: [[batch]] });
}

test(`case 04, 05, 06: ${batches * POOLS} random histories at Stripe end with what its state says (HISTORIES_SEED=${seed})`, {
  timeout: Math.max(120_000, batches * POOLS * 1_500),
}, async () => {
  for (const [index, batch] of fc.sample(Batch(POOLS), { seed, numRuns: batches }).entries()) {
    if (only !== undefined && index !== Number(only)) continue;
    const { wrong, passes } = await playAndCompare(batch);
    const [first] = wrong;
    if (first) await shrink({ ...batch, histories: [first.history] });
    // Here it takes all of them to go wrong.
    expect({ batch: index, wrong, passes }).toEqual({ batch: index, wrong: [], passes: FINE });
  }
});
