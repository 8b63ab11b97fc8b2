import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { builtInModels } from '../../shared/catalogue/catalogue.ts';
import { picoUsd } from '../../shared/catalogue/pico-usd.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { credits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { createAssets } from '../assets/assets.ts';
import { createDiskStore } from '../assets/disk-store.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import type { Ledger } from '../ledger/index.ts';
import { startTestLedger } from '../ledger/test-ledger.ts';
import { createSpending } from '../limits/spending.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createPools } from '../pools/pools.ts';
import type { Provider } from '../providers/provider.ts';
import type { ReportedCost } from '../providers/reported-cost.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet } from '../redis/test-redis.ts';
import { toFields } from './generation.ts';
import { createGenerationEvents } from './generation-events.ts';
import { generationIdIn, newSuffix } from './generation-id.ts';
import { createGenerationStore, type GenerationStore } from './generation-store.ts';
import { type Next, type RunOptions, runGeneration } from './run-generation.ts';

const logger = pino({ level: 'silent' });
const drained = AbortSignal.abort();
const never = new AbortController().signal;

let redis: RedisClient;
let subscriber: RedisClient;
let ledger: Ledger;
let store: GenerationStore;
let options: RunOptions;
let now = Date.now();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-run-'));
  const started = await startTestLedger();
  ({ redis, ledger } = started);
  subscriber = await connectRedis({ url: started.url, name: 'events', logger: quiet });
  const clock = () => now;
  const events = await createGenerationEvents(redis, subscriber, logger);
  store = createGenerationStore({ redis, ledger, pools: createPools({ redis, ledger }), events, clock });
  options = {
    ledger,
    store,
    events,
    metrics: createMetrics(() => store.countOrphans()),
    models: new Map(),
    tariff: DEFAULT_TARIFF,
    spending: createSpending({
      redis,
      most: { perMinute: 1, perDay: 1 },
      alarms: { raise: () => Promise.resolve() },
      clock,
    }),
    providers: new Map([['sketch', createSketch()]]),
    assets: createAssets({
      store: {
        put: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })),
        open: () => Promise.resolve(null),
      },
    }),
    logger,
    clock,
  };
});

afterAll(async () => {
  subscriber?.destroy();
  await rm(folder, { recursive: true });
});

/** A pool of 10 credits with one generation that is held and queued. */
async function queued(): Promise<{ poolId: string; generationId: string }> {
  const poolId = ulid().toLowerCase();
  const generationId = generationIdIn(poolId, newSuffix(now));
  await ledger.openPool({ poolId, ownerId: 'ada', actor: 'ada' });
  await ledger.topup({
    poolId,
    paymentId: 'pi_1',
    amount: credits(10),
    origin: 'paid',
    reference: 'cs_1',
    actor: 'ada',
  });
  const size = { width: 64, height: 64 };
  await ledger.hold({
    poolId,
    generationId,
    memberId: 'ada',
    ceiling: credits(1),
    ttlMs: 600_000,
    maxOpenHolds: 10,
    requestHash: 'request',
    record: toFields({
      modelId: 'sketch',
      modelName: 'Sketch',
      licence: 'MIT',
      authorName: 'Ada',
      route: { provider: 'sketch', path: 'sketch' },
      settings: { prompt: 'waves', size: { kind: 'pixels', ...size }, count: 1 },
      size,
    }),
  });
  return { poolId, generationId };
}

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

test('pictures that can never be stored are given up at the deadline, and everything is given back', async () => {
  const { poolId, generationId } = await queued();
  expect(await untilStored(generationId)).toMatchObject({ code: 'ENOSPC' });
  expect(await store.find(generationId)).toMatchObject({ hold: 'held', stage: 'storing' });
  now += 16 * 60_000;
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
  const run = { ...paid({ submit: async () => ({ id: 'job-1' }) }), ledger: { ...ledger, advance } };
  expect(await runGeneration(run, generationId, 0, never)).toMatchObject({ done: false });
  expect(away).toBe(0);
  expect(await store.find(generationId)).toMatchObject({ stage: 'submitted', details: { job: { id: 'job-1' } } });
  expect(await redis.zScore('orphans', generationId)).toBeNull();
});

test('a job whose generation was given up while it was being sent is listed as the house’s', async () => {
  const { poolId, generationId } = await queued();
  const run = paid({
    async submit() {
      await runGeneration(paid({}), generationId, 0, never);
      return { id: 'job-1' };
    },
  });
  await runGeneration(run, generationId, 0, never);
  expect(await store.find(generationId)).toMatchObject({ hold: 'released', reason: 'interrupted' });
  expect(await redis.zScore('orphans', generationId)).not.toBeNull();
  expect(await auditPool(redis, poolId)).toEqual([]);
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
  return {
    ...options,
    models: new Map(builtInModels().map((model) => [model.id, model])),
    providers: new Map([['sketch', provider]]),
    assets: createAssets({ store: createDiskStore(folder) }),
  };
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
