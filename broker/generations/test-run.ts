import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { builtInModels } from '../../shared/catalogue/catalogue.ts';
import type { Route } from '../../shared/catalogue/model.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { credits } from '../../shared/credits.ts';
import type { Alarm } from '../alarms/alarms.ts';
import { createAssets } from '../assets/assets.ts';
import { createDiskStore } from '../assets/disk-store.ts';
import type { Ledger } from '../ledger/index.ts';
import { startTestLedger } from '../ledger/test-ledger.ts';
import { createSpending } from '../limits/spending.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createRouteHealth } from '../models/route-health.ts';
import { createModelTrust } from '../models/trust.ts';
import { createPools } from '../pools/pools.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { connectRedis, type RedisClient } from '../redis/connect.ts';
import { quiet } from '../redis/test-redis.ts';
import { createUploads, type Uploads } from '../uploads/uploads.ts';
import { toFields } from './generation.ts';
import { createGenerationEvents } from './generation-events.ts';
import { generationIdIn, newSuffix } from './generation-id.ts';
import { createGenerationStore, type GenerationStore } from './generation-store.ts';
import { createSlots } from './slots.ts';
import type { RunOptions } from './step.ts';

/** What a worker needs, on a Redis and a disk of its own, with only sketch as a provider. */
export interface TestRun {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  readonly store: GenerationStore;
  readonly options: RunOptions;
  /** What the operator was called for. */
  readonly alarms: { readonly raised: Alarm[]; raise(alarm: Alarm): Promise<void> };
  /** The routes that generations were handed on to. */
  readonly enqueued: readonly Route[];
  readonly uploads: Uploads;
  /** Where pictures are kept. */
  readonly folder: string;
  /** A pool of 10 credits with one generation that is held and queued, for so many ms until it may be given back. */
  queued(references?: Settings['references'], ttlMs?: number): Promise<{ poolId: string; generationId: string }>;
  /** Lets so many ms pass. */
  pass(ms: number): void;
  close(): Promise<void>;
}

export async function startTestRun(): Promise<TestRun> {
  let now = Date.now();
  const clock = () => now;
  const folder = await mkdtemp(join(tmpdir(), 'inkpot-run-'));
  const { redis, ledger, url } = await startTestLedger();
  const subscriber = await connectRedis({ url, name: 'events', logger: quiet });
  const logger = pino({ level: 'silent' });
  const events = await createGenerationEvents(redis, subscriber, logger);
  const store = createGenerationStore({ redis, ledger, pools: createPools({ redis, ledger }), events, clock });
  const files = createDiskStore(folder);
  const alarms: TestRun['alarms'] = {
    raised: [],
    async raise(alarm) {
      alarms.raised.push(alarm);
    },
  };
  const enqueued: Route[] = [];
  const uploads = createUploads({ redis, store: files, clock });
  const options: RunOptions = {
    ledger,
    store,
    events,
    metrics: createMetrics(() => store.countOrphans()),
    trust: createModelTrust({ redis, logger, clock }),
    webhookUrl: () => null,
    models: new Map(builtInModels().map((model) => [model.id, model])),
    tariff: DEFAULT_TARIFF,
    spending: createSpending({
      redis,
      most: { perMinute: 1, perDay: 1 },
      alarms,
      clock,
    }),
    providers: new Map([['sketch', createSketch()]]),
    health: createRouteHealth({ redis, alarms, logger, clock }),
    slots: createSlots({ redis, store, logger, random: () => 0, clock }),
    enqueue: async ({ details }) => void enqueued.push(details.route),
    assets: createAssets({ store: files }),
    uploads,
    logger,
    clock,
  };

  async function queued(references: Settings['references'] = [], ttlMs = 600_000) {
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
      ttlMs,
      maxOpenHolds: 10,
      maxMemberHolds: 10,
      requestHash: 'request',
      record: toFields({
        modelId: 'sketch',
        modelName: 'Sketch',
        licence: 'MIT',
        authorName: 'Ada',
        route: { provider: 'sketch', path: 'sketch' },
        settings: { prompt: 'waves', size: { kind: 'pixels', ...size }, count: 1, references },
        size,
      }),
    });
    return { poolId, generationId };
  }

  return {
    redis,
    ledger,
    store,
    options,
    alarms,
    enqueued,
    uploads,
    folder,
    queued,
    pass(ms) {
      now += ms;
    },
    async close() {
      subscriber.destroy();
      await rm(folder, { recursive: true });
    },
  };
}
