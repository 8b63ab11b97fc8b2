import fc from 'fast-check';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import type { PoolBalance } from './index.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';
import { LedgerModel, MOST_OPEN, STAGES } from './test-model.ts';

const { ledger, redis } = await startTestLedger();

type Pool = Awaited<ReturnType<typeof fundedPool>>;

/** One operation, on the model and on the ledger. */
interface Operation {
  readonly name: string;
  expected(model: LedgerModel): string;
  run(pool: Pool): Promise<{ code: string; balance: PoolBalance }>;
}

// Few ids and small amounts, so that repeats, conflicts and lack of cover are common.
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const amount = fc.integer({ min: 1, max: 6 });
const stage = fc.constantFrom(...STAGES);

const topup = fc.tuple(id, fc.constantFrom('paid' as const, 'gift' as const), amount).map(
  ([paymentId, origin, value]): Operation => ({
    name: `topup ${paymentId} ${origin} ${value}`,
    expected: (model) => model.topup(paymentId, origin, value),
    run: ({ poolId }) =>
      ledger.topup({ poolId, paymentId, origin, amount: millicredits(value), reference: '', actor: 'checkout' }),
  }),
);
const hold = fc.tuple(id, fc.constantFrom('ada', 'ada', 'ada', 'eve'), amount).map(
  ([generationId, memberId, ceiling]): Operation => ({
    name: `hold ${generationId} ${memberId} ${ceiling}`,
    expected: (model) => model.hold(generationId, memberId, ceiling),
    run: ({ poolId }) => ledger.hold(aHold({ poolId, memberId }, ceiling, { generationId, maxOpenHolds: MOST_OPEN })),
  }),
);
const advance = fc.tuple(id, fc.option(stage, { nil: undefined }), stage).map(
  ([generationId, from, to]): Operation => ({
    name: `advance ${generationId} ${from ?? ''} → ${to}`,
    expected: (model) => model.advance(generationId, from, to),
    run: ({ poolId }) => ledger.advance({ poolId, generationId, stage: to, ...(from && { from: [from] }) }),
  }),
);
const capture = fc.tuple(id, fc.integer({ min: 0, max: 7 })).map(
  ([generationId, actual]): Operation => ({
    name: `capture ${generationId} ${actual}`,
    expected: (model) => model.capture(generationId, actual),
    run: (pool) =>
      ledger.capture({ ...pool, generationId, actual: millicredits(actual), reference: 'job', actor: 'worker' }),
  }),
);
const release = fc.tuple(id, fc.option(stage, { nil: undefined })).map(
  ([generationId, only]): Operation => ({
    name: `release ${generationId} ${only ?? ''}`,
    expected: (model) => model.release(generationId, only),
    run: (pool) =>
      ledger.release({
        ...pool,
        generationId,
        state: 'failed',
        reason: 'timeout',
        actor: 'worker',
        ...(only && { onlyAtStages: [only] }),
      }),
  }),
);

const sequence = fc.array(fc.oneof(topup, hold, advance, capture, release), { minLength: 1, maxLength: 14 });
const seed = Number(process.env.LEDGER_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.LEDGER_RUNS ?? 1_000);

test(`${numRuns} random histories answer and balance as the model does, and pass the audit (LEDGER_SEED=${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(sequence, async (operations) => {
      const pool = await fundedPool(ledger);
      const model = new LedgerModel();
      for (const operation of operations) {
        const expected = operation.expected(model);
        const { code, balance } = await operation.run(pool);
        const { paid, gift, held, in: inflow, spent } = balance;
        expect({ operation: operation.name, code, paid, gift, held, in: inflow, spent }).toEqual({
          operation: operation.name,
          code: expected,
          paid: model.paid,
          gift: model.gift,
          held: model.held,
          in: model.in,
          spent: model.spent,
        });
      }
      expect(await auditPool(redis, pool.poolId)).toEqual([]);
    }),
    { seed, numRuns },
  );
}, 120_000);
