import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger } from '../ledger/index.ts';
import { createPools } from '../pools/pools.ts';
import type { Provider } from '../providers/provider.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { createTurns, Stalls, type Turns } from '../testing/turns.ts';
import { cancelGeneration } from './cancel-generation.ts';
import { createGenerationStore } from './generation-store.ts';
import { runGeneration } from './run-generation.ts';
import type { RunOptions } from './step.ts';
import { sweep } from './sweep.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const numRuns = Number(process.env.RACES ?? 100);
const seed = Number(process.env.RACES_SEED ?? Date.now() % 2 ** 31);
const never = new AbortController().signal;

/** A worker gives up asking after so many steps; in a broker its queue would go on. */
const MOST_STEPS = 20;

let house: TestRun;
let picture: Uint8Array;
beforeAll(async () => {
  house = await startTestRun();
  picture = await sampleImage({ width: 64, height: 64 }).png().toBuffer();
});
afterAll(() => house.close());

/** What a provider does with the job, and whether it lets itself be stopped. */
const Fate = fc.record({
  polls: fc.nat(2),
  ends: fc.constantFrom('succeeded', 'succeeded', 'failed'),
  cancels: fc.constantFrom('cancelled', 'running_on'),
  isShort: fc.boolean(),
});
type Fate = typeof Fate extends fc.Arbitrary<infer T> ? T : never;

/** A provider that is paid, with what has happened at it. */
function openProvider({ polls, ends, cancels }: Fate) {
  const seen = { submits: 0, polls: 0, made: false, stopped: false };
  const provider: Provider = {
    ...createSketch(),
    submitIsRepeatable: false,
    async submit() {
      seen.submits += 1;
      return { state: 'submitted', job: { id: 'job-1' } };
    },
    async poll() {
      seen.polls += 1;
      if (seen.stopped) return { state: 'failed', reason: 'cancelled', cause: 'stopped' };
      if (seen.polls <= polls) return { state: 'running', progress: null };
      if (ends === 'failed') return { state: 'failed', reason: 'provider_error', cause: 'broken' };
      seen.made = true;
      return { state: 'succeeded', outputs: [{ bytes: picture, seed: null }] };
    },
    async cancel() {
      if (cancels === 'cancelled' && !seen.made) seen.stopped = true;
      return seen.stopped ? 'cancelled' : 'running_on';
    },
  };
  return { provider, seen };
}

/** A broker's own connections and workers, each question of which waits for its turn. */
function openBroker(name: string, turns: Turns, provider: Provider) {
  const redis = turns.of(`${name} redis`, house.redis);
  const ledger = createLedger(redis);
  const { clock, events } = house.options;
  const pools = createPools({ redis, ledger });
  const store = createGenerationStore({ redis, ledger, pools, events, clock });
  const options: RunOptions = {
    ...house.options,
    ledger,
    store,
    providers: new Map([['sketch', turns.of(`${name} provider`, provider)]]),
  };
  const jobs = { hurry: async () => undefined, enqueue: async () => undefined, serves: () => true };

  return {
    async work(generationId: string): Promise<void> {
      for (let step = 0; step < MOST_STEPS; step++) {
        const next = await runGeneration(options, generationId, step, never);
        if (next.done) return;
      }
    },
    async cancel(generationId: string): Promise<void> {
      const generation = await store.find(generationId);
      const { spending } = options;
      if (generation) await cancelGeneration({ ledger, store, events, pools, spending, jobs }, generation, 'ada');
    },
    async sweep(): Promise<void> {
      const { alarms, options: rest } = house;
      const { spending, logger } = rest;
      await sweep({ ledger, store, events, jobs, spending, alarms, logger, clock }, new Set(), null, never);
    },
  };
}

test(`whoever is before whom, a generation is paid once or not at all, and nothing is lost of it (RACES_SEED=${seed})`, {
  timeout: Math.max(60_000, numRuns * 3_000),
}, async () => {
  const ends = new Map<string, number>();
  const property = fc.asyncProperty(fc.scheduler(), Stalls, Fate, async (scheduler, stalls, fate) => {
    const { poolId, generationId } = await house.queued([], fate.isShort ? 1 : undefined);
    const turns = createTurns(scheduler, stalls);
    const { provider, seen } = openProvider(fate);
    const [one, other] = [openBroker('one', turns, provider), openBroker('other', turns, provider)];
    await turns.run([
      () => one.work(generationId),
      () => other.work(generationId),
      () => one.cancel(generationId),
      () => other.sweep(),
      () => other.cancel(generationId),
    ]);
    // Its queue would go on with whatever is left.
    const plain = { ...house.options, providers: new Map([['sketch', provider]]) };
    for (let step = 0; step < MOST_STEPS; step++) {
      if ((await runGeneration(plain, generationId, step, never)).done) break;
    }

    const ended = await house.store.find(generationId);
    const pool = await house.ledger.readPool(poolId);
    const isOrphan = (await house.redis.zScore('orphans', generationId)) !== null;
    ends.set(`${ended?.hold} ${ended?.state}`, (ends.get(`${ended?.hold} ${ended?.state}`) ?? 0) + 1);
    expect(seen.submits, 'paid for once at most').toBeLessThanOrEqual(1);
    expect(await auditPool(house.redis, poolId)).toEqual([]);
    expect(pool).toMatchObject({ held: 0, openHolds: 0 });
    if (ended?.hold === 'captured') {
      expect(ended).toMatchObject({ state: 'succeeded' });
      expect(ended.details.outputs).toHaveLength(1);
      expect(pool?.spent).toBeGreaterThan(0);
    } else {
      expect(ended?.hold).toBe('released');
      expect(pool).toMatchObject({ spent: 0, available: credits(10) });
      if (seen.made) expect(isOrphan || ended?.state === 'succeeded', 'the house knows what it pays').toBe(true);
    }
  });
  await fc.assert(property, { numRuns, seed });
  expect(ends.size, [...ends].join('; ')).toBeGreaterThan(numRuns < 50 ? 0 : 1);
});
