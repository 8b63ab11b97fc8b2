import fc from 'fast-check';
import { expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { auditPool } from './audit-pool.ts';
import type { Cap } from './cap.ts';
import type { PoolBalance } from './index.ts';
import { aHold, fundedPool, startTestLedger } from './test-ledger.ts';
import { LedgerModel, MOST } from './test-model.ts';

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
const PHASES = ['inquiry', 'open', 'won', 'lost'] as const;
const amount = fc.integer({ min: 1, max: 6 });
const cap = fc.integer({ min: 0, max: 9 });
const actor = 'test';

const perMonth = (limit: number): Cap => ({ limit: millicredits(limit), period: 'month' });

/** Who holds a generation, and under which tag, follows from its id, as whoever settles it knows both. */
const WHOSE = [
  { generationId: 'a', memberId: 'ada', tag: '' },
  { generationId: 'b', memberId: 'ada', tag: 'x' },
  { generationId: 'c', memberId: 'bob', tag: '' },
  { generationId: 'd', memberId: 'bob', tag: 'x' },
  { generationId: 'e', memberId: 'ada', tag: 'y' },
];
const generation = fc.constantFrom(...WHOSE);

const topup = fc.tuple(id, fc.constantFrom('paid' as const, 'gift' as const), amount).map(
  ([paymentId, origin, value]): Operation => ({
    name: `topup ${paymentId} ${origin} ${value}`,
    expected: (model) => model.topup(paymentId, origin, value),
    run: ({ poolId }) => ledger.topup({ poolId, paymentId, origin, amount: millicredits(value), reference: '', actor }),
  }),
);
const setMember = fc.tuple(id, fc.constantFrom('ada', 'bob'), fc.option(cap)).map(
  ([operationId, memberId, limit]): Operation => ({
    name: `member ${operationId} ${memberId} ${limit ?? 'out'}`,
    // The owner cannot be put out.
    expected: (model) => model.set(operationId, memberId, limit ?? (memberId === 'ada' ? Infinity : -1)),
    run: ({ poolId }) => {
      const role = memberId === 'ada' ? ('owner' as const) : ('member' as const);
      const terms = { role, cap: limit === null ? null : perMonth(limit) };
      const out = limit === null && role === 'member';
      return ledger.setMember({ poolId, operationId, memberId, terms: out ? null : terms, actor });
    },
  }),
);
const setBudget = fc.tuple(id, fc.constantFrom('x', 'y'), fc.option(cap)).map(
  ([operationId, tag, limit]): Operation => ({
    name: `budget ${operationId} ${tag} ${limit ?? 'none'}`,
    expected: (model) => model.set(operationId, tag, limit ?? Infinity),
    run: ({ poolId }) =>
      ledger.setBudget({ poolId, operationId, tag, cap: limit === null ? null : perMonth(limit), actor }),
  }),
);
const setFrozen = fc.tuple(id, fc.constantFrom('freeze' as const, 'thaw' as const, 'thaw' as const)).map(
  ([operationId, kind]): Operation => ({
    name: `${kind} ${operationId}`,
    expected: (model) => model.set(operationId, 'frozen', kind === 'freeze' ? 1 : 0),
    run: ({ poolId }) => ledger[kind]({ poolId, operationId, why: '', actor }),
  }),
);
const adjust = fc.tuple(id, fc.constantFrom('paid' as const, 'gift' as const), fc.constantFrom(-4, -1, 2)).map(
  ([operationId, origin, change]): Operation => ({
    name: `adjust ${operationId} ${origin} ${change}`,
    expected: (model) => model.adjust(operationId, origin, change),
    run: ({ poolId }) => ledger.adjust({ poolId, operationId, origin, change: millicredits(change), why: '', actor }),
  }),
);
const clawBackTo = fc.tuple(id, fc.integer({ min: 0, max: 7 })).map(
  ([paymentId, target]): Operation => ({
    name: `claw ${paymentId} to exactly ${target}`,
    expected: (model) => model.clawTo(paymentId, target, true),
    run: async ({ poolId }) => {
      const { revision } = await ledger.readPayment(poolId, paymentId);
      return ledger.clawTo({ poolId, paymentId, target: millicredits(target), reference: 're', actor, revision });
    },
  }),
);
const clawTo = fc.tuple(id, fc.integer({ min: 1, max: 7 })).map(
  ([paymentId, target]): Operation => ({
    name: `claw ${paymentId} to ${target}`,
    expected: (model) => model.clawTo(paymentId, target),
    run: ({ poolId }) => ledger.clawTo({ poolId, paymentId, target: millicredits(target), reference: 're', actor }),
  }),
);
const dispute = fc.tuple(id, fc.constantFrom('dp_1', 'dp_2'), fc.constantFrom(...PHASES)).map(
  ([paymentId, disputeId, phase]): Operation => ({
    name: `dispute ${paymentId} ${disputeId} ${phase}`,
    expected: (model) => model.dispute(paymentId, disputeId, PHASES.indexOf(phase)),
    run: ({ poolId }) => ledger.dispute({ poolId, paymentId, disputeId, phase, actor }),
  }),
);
/** Trims at whatever entry is the last now: answers, balances and the audit must not notice. */
const trim: Operation = {
  name: 'trim',
  expected: () => 'OK',
  run: async ({ poolId }) => {
    const [last] = await ledger.listEntries(poolId, { limit: 1 });
    // One that was just trimmed shows no entry any more, so there is nothing to trim.
    return ledger.trim({ poolId, upTo: last?.seq ?? 0, head: last?.hash ?? '' });
  },
};
const hold = fc.tuple(generation, amount).map(
  ([whose, ceiling]): Operation => ({
    name: `hold ${whose.generationId} ${ceiling}`,
    expected: (model) => model.hold(whose.generationId, whose.memberId, whose.tag, ceiling),
    run: ({ poolId }) =>
      ledger.hold(
        aHold({ poolId, memberId: whose.memberId }, ceiling, {
          ...whose,
          maxOpenHolds: MOST.open,
          maxMemberHolds: MOST.byMember,
        }),
      ),
  }),
);
const capture = fc.tuple(generation, fc.integer({ min: 0, max: 7 })).map(
  ([whose, actual]): Operation => ({
    name: `capture ${whose.generationId} ${actual}`,
    expected: (model) => model.settle(whose.generationId, 'captured', actual),
    run: ({ poolId }) => ledger.capture({ poolId, ...whose, actual: millicredits(actual), reference: 'job', actor }),
  }),
);
const release = generation.map(
  (whose): Operation => ({
    name: `release ${whose.generationId}`,
    expected: (model) => model.settle(whose.generationId, 'released', 0),
    run: ({ poolId }) => ledger.release({ poolId, ...whose, state: 'failed', reason: 'timeout', actor }),
  }),
);

const sequence = fc.array(
  fc.oneof(
    topup,
    hold,
    hold,
    hold,
    capture,
    release,
    setMember,
    setBudget,
    setFrozen,
    adjust,
    clawTo,
    clawBackTo,
    dispute,
    fc.constant(trim),
  ),
  {
    minLength: 1,
    maxLength: 16,
  },
);
const FUNDS = ['paid', 'gift', 'held', 'in', 'spent', 'out', 'blocked'] as const;
const seed = Number(process.env.LEDGER_SEED ?? Date.now() % 2 ** 31);
// A cluster is here to be asked the same; each of its answers waits for a replica.
const numRuns = Number(process.env.LEDGER_RUNS ?? (process.env.TEST_CLUSTER_URL ? 500 : 5_000));

/** Histories that run side by side, each on a pool of its own: so they share the writes to the disk. */
const LANES = 32;

async function followsTheModel(operations: readonly Operation[]): Promise<void> {
  const pool = await fundedPool(ledger);
  const model = new LedgerModel();
  for (const { name, expected, run } of operations) {
    const code = expected(model);
    const { funds } = model;
    const answer = await run(pool);
    if (answer.code === code && FUNDS.every((fund) => answer.balance[fund] === funds[fund])) continue;
    const told = Object.fromEntries(FUNDS.map((fund) => [fund, answer.balance[fund]]));
    const right = Object.fromEntries(FUNDS.map((fund) => [fund, funds[fund]]));
    expect({ name, code: answer.code, ...told }).toEqual({ name, code, ...right });
  }
  expect(await auditPool(redis, pool.poolId)).toEqual([]);
}

test(
  `${numRuns} random histories answer and balance as the model does, and pass the audit (LEDGER_SEED=${seed})`,
  async () => {
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      fc.assert(fc.asyncProperty(sequence, followsTheModel), {
        seed: seed + lane,
        numRuns: Math.ceil(numRuns / LANES),
      }),
    );
    // The first one to fail is told when it has been made as short as it can be; the others end before Redis does.
    const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
    if (failed) throw failed.reason;
  },
  Math.max(300_000, numRuns * 40),
);
