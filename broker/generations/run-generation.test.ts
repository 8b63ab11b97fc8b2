import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { picoUsd } from '../../shared/catalogue/pico-usd.ts';
import { InkpotError } from '../../shared/errors.ts';
import { createAssets } from '../assets/assets.ts';
import { createDiskStore } from '../assets/disk-store.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { ReportedCost } from '../providers/reported-cost.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { toResource } from './generation.ts';
import { runGeneration } from './run-generation.ts';
import type { Next, RunOptions } from './step.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const drained = AbortSignal.abort();
const never = new AbortController().signal;

let redis: TestRun['redis'];
let ledger: TestRun['ledger'];
let store: TestRun['store'];
let options: RunOptions;
let queued: TestRun['queued'];
let house: TestRun;

beforeAll(async () => {
  house = await startTestRun();
  ({ redis, ledger, store, queued } = house);
  options = {
    ...house.options,
    assets: createAssets({
      store: {
        ...createDiskStore(house.folder),
        put: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })),
      },
    }),
  };
});

afterAll(() => house.close());

/** Takes steps until one says something else than to ask again. */
async function untilStored(generationId: string): Promise<unknown> {
  return vi.waitUntil(
    async () => {
      const next = await runGeneration(options, generationId, 0, never).catch((error: unknown) => error);
      return isNext(next) && !next.done ? false : next;
    },
    { timeout: 10_000, interval: 20 },
  );
}

function isNext(value: unknown): value is Next {
  return typeof value === 'object' && value !== null && 'done' in value;
}

/** sketch, as a provider that is paid: what was sent must not be sent again. */
function paid(changes: Partial<Provider>): RunOptions {
  const provider: Provider = { ...createSketch(), submitIsRepeatable: false, ...changes };
  return { ...options, providers: new Map([['sketch', provider]]) };
}

test('a picture that goes in reaches the provider; one that is gone costs nothing, and nothing is asked for', async () => {
  const asked: unknown[] = [];
  const run = paid({
    submit: async ({ references }) => {
      asked.push(references.map(({ width, height, contentType }) => [width, height, contentType]));
      return { state: 'submitted', job: {} };
    },
  });
  const size = { width: 64, height: 48 };
  const picture = await house.uploads.add('ada', await sampleImage(size).png().toBuffer());
  await runGeneration(run, (await queued([picture])).generationId, 0, never);
  expect(asked).toEqual([[[64, 48, 'image/png']]]);

  const { poolId, generationId } = await queued([picture, { ...picture, assetId: '01jd3r9k2p7q4x8v5n6m1c0bza' }]);
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await store.find(generationId)).toMatchObject({ hold: 'released', state: 'failed', reason: 'input_gone' });
  expect(await ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
  expect(asked).toHaveLength(1);
});

test('a job that failed and is billed all the same is listed as the house’s, and nobody is charged', async () => {
  const { poolId, generationId } = await queued();
  const run = paid({
    submit: async () => ({ state: 'submitted', job: { id: 'job-1' } }),
    poll: async () => ({ state: 'failed', reason: 'moderated_output', cause: 'filtered', billed: true }),
  });
  await runGeneration(run, generationId, 0, never);
  expect(await runGeneration(run, generationId, 1, never)).toEqual({ done: true });
  expect(await store.find(generationId)).toMatchObject({ state: 'refused', reason: 'moderated_output' });
  expect(await redis.zScore('orphans', generationId)).not.toBeNull();
  expect(await ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
});

test('pictures that can never be stored are given up at the deadline, and everything is given back', async () => {
  const { poolId, generationId } = await queued();
  expect(await untilStored(generationId)).toMatchObject({ code: 'ENOSPC' });
  expect(await store.find(generationId)).toMatchObject({ hold: 'held', stage: 'storing' });
  house.pass(16 * 60_000);
  expect(await untilStored(generationId)).toEqual({ done: true });
  expect(await store.find(generationId)).toMatchObject({ hold: 'released', state: 'failed', reason: 'timeout' });
  expect(await ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0 });
  expect(await auditPool(redis, poolId)).toEqual([]);
});

test('the id of a job that was taken is kept although Redis was away when it came', async () => {
  const { generationId } = await queued();
  let away = 2;
  const advance: Ledger['advance'] = async (move) => {
    if (move.stage === 'submitted' && away > 0) {
      away -= 1;
      throw new InkpotError('broker_busy');
    }
    return ledger.advance(move);
  };
  const run = {
    ...paid({ submit: async () => ({ state: 'submitted', job: { id: 'job-1' } }) }),
    ledger: { ...ledger, advance },
  };
  expect(await runGeneration(run, generationId, 0, never)).toMatchObject({ done: false });
  expect(away).toBe(0);
  expect(await store.find(generationId)).toMatchObject({ stage: 'submitted', details: { job: { id: 'job-1' } } });
  expect(await redis.zScore('orphans', generationId)).toBeNull();
});

test('a cancel that a drain cut off is asked again, and not taken for one that came too late', async () => {
  const { generationId } = await queued();
  const asked: boolean[] = [];
  const run = paid({
    async cancel(_job, signal) {
      asked.push(signal.aborted);
      return signal.aborted ? 'running_on' : 'cancelled';
    },
  });
  await runGeneration(run, generationId, 0, never);
  const generation = await store.find(generationId);
  if (!generation) throw new Error('the generation is gone');
  await store.setCancellation(generation, 'requested');
  expect(await runGeneration(run, generationId, 0, drained)).toMatchObject({ done: false });
  expect(await store.find(generationId)).toMatchObject({ hold: 'held', details: { cancellation: 'requested' } });
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  expect(await store.find(generationId)).toMatchObject({ state: 'cancelled', hold: 'released' });
  expect(asked).toEqual([true, false]);
});

async function giveBack(generationId: string, reason: string): Promise<void> {
  const generation = await store.find(generationId);
  if (!generation) throw new Error('the generation is gone');
  const { poolId, memberId } = generation;
  await ledger.release({ poolId, generationId, memberId, state: 'failed', reason, actor: 'test' });
}

async function expectLate(poolId: string, generationId: string): Promise<void> {
  const generation = await store.find(generationId);
  expect(generation).toMatchObject({ state: 'succeeded', hold: 'released', isLate: true, captured: 0 });
  const shown = generation && toResource(generation);
  expect(shown).toMatchObject({ state: 'succeeded', charged: 0, late: true, failure: null, outputs: [{ index: 0 }] });
  expect(await ledger.readPool(poolId)).toMatchObject({ available: 10_000, held: 0, spent: 0 });
  expect(await redis.ttl(`h:{${poolId}}:${generationId}`), 'it lives as long as its pictures').toBe(-1);
  expect(await redis.zScore('orphans', generationId), 'the house pays').not.toBeNull();
  expect(await auditPool(redis, poolId)).toEqual([]);
}

/** sketch, which is done as soon as it is asked, after whatever happens meanwhile. */
function done(meanwhile: () => Promise<void>): RunOptions {
  const sketch = createSketch();
  const provider: Provider = {
    ...sketch,
    async poll(...asked) {
      await meanwhile();
      const drawn = async () => {
        const status = await sketch.poll(...asked);
        return status.state === 'succeeded' && status;
      };
      return vi.waitUntil(drawn, { timeout: 10_000, interval: 20 });
    },
  };
  return { ...house.options, providers: new Map([['sketch', provider]]) };
}

test('a result that comes after its hold was given back is the person’s, free of charge', async () => {
  const { poolId, generationId } = await queued();
  const run = done(() => giveBack(generationId, 'timeout'));
  await runGeneration(run, generationId, 0, never);
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  await expectLate(poolId, generationId);
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
});

test('a job that was given up is asked once more when it is told to have moved on', async () => {
  const { poolId, generationId } = await queued();
  const run = done(async () => undefined);
  await runGeneration(run, generationId, 0, never);
  await giveBack(generationId, 'timeout');
  expect(await runGeneration(run, generationId, 0, never)).toEqual({ done: true });
  await expectLate(poolId, generationId);
});

test('a job that failed by its provider’s own word is asked no more', async () => {
  const { generationId } = await queued();
  const run = done(async () => undefined);
  await runGeneration(run, generationId, 0, never);
  await giveBack(generationId, 'provider_error');
  await runGeneration(run, generationId, 0, never);
  expect(await store.find(generationId)).toMatchObject({ state: 'failed', isLate: false });
});

test('pictures that are billed and cannot be used are listed as the house’s', async () => {
  const { poolId, generationId } = await queued();
  const broken: Provider = {
    ...createSketch(),
    poll: async () => ({ state: 'succeeded', outputs: [{ bytes: new Uint8Array(10), seed: null }] }),
  };
  const run = { ...house.options, providers: new Map([['sketch', broken]]) };
  await runGeneration(run, generationId, 0, never);
  await runGeneration(run, generationId, 0, never);
  expect(await store.find(generationId)).toMatchObject({ hold: 'released', reason: 'bad_output' });
  expect(await redis.zScore('orphans', generationId)).not.toBeNull();
  expect(await ledger.readPool(poolId)).toMatchObject({ available: 10_000 });
});

/** sketch, as a provider that says what it bills, with room for its pictures. */
function billing(cost: ReportedCost | undefined): RunOptions {
  const sketch = createSketch();
  const provider: Provider = {
    ...sketch,
    async poll(job, request, signal) {
      const status = await sketch.poll(job, request, signal);
      return status.state === 'succeeded' && cost ? { ...status, cost } : status;
    },
  };
  return { ...house.options, providers: new Map([['sketch', provider]]) };
}

test.each<[what: string, cost: ReportedCost | undefined, charged: number, picoUsd: number, reported: boolean]>([
  ['nothing: the published price', undefined, 800, picoUsd(0.03), false],
  ['less than quoted', { kind: 'usd', usd: 0.02 }, 500, picoUsd(0.02), true],
  ['units of its own', { kind: 'units', units: 0.5, usdPerUnit: 0.03 }, 400, picoUsd(0.015), true],
  ['more than quoted', { kind: 'credits', credits: 90, usdPerCredit: 0.01 }, 1_000, picoUsd(0.9), true],
  [
    'tokens that have no rate',
    { kind: 'tokens', textIn: 1, imageIn: 0, textOut: 0, imageOut: 9 },
    800,
    picoUsd(0.03),
    false,
  ],
])(
  'case 03: a provider that reports %s settles the price, never above the quote',
  async (_what, cost, charged, pico, reported) => {
    const { poolId, generationId } = await queued();
    const run = billing(cost);
    await vi.waitUntil(async () => (await runGeneration(run, generationId, 0, never)).done, {
      timeout: 10_000,
      interval: 20,
    });
    const ended = await store.find(generationId);
    expect(ended).toMatchObject({
      state: 'succeeded',
      captured: charged,
      details: { cost: { picoUsd: pico, reported } },
    });
    expect(await ledger.readPool(poolId)).toMatchObject({ available: 10_000 - charged, held: 0 });
    expect(await auditPool(redis, poolId)).toEqual([]);
  },
);
