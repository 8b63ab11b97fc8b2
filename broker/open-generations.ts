import type { Logger } from 'pino';
import type { Alarms } from './alarms/alarms.ts';
import { createAssets } from './assets/assets.ts';
import { createDiskStore } from './assets/disk-store.ts';
import { openS3Store } from './assets/s3-store.ts';
import type { Keys } from './auth/keys.ts';
import type { Config } from './config.ts';
import type { GenerationEvents } from './generations/generation-events.ts';
import type { GenerationStore } from './generations/generation-store.ts';
import { createJobs, type JobsOptions } from './generations/jobs.ts';
import { dropOldOutputs } from './generations/retention.ts';
import { runGeneration } from './generations/run-generation.ts';
import { createSlots } from './generations/slots.ts';
import type { RunOptions } from './generations/step.ts';
import { startSweeper } from './generations/sweep.ts';
import { webhookUrlOf } from './generations/webhook-url.ts';
import { startHousekeeping } from './housekeeping.ts';
import type { Ledger } from './ledger/index.ts';
import { createSpending } from './limits/spending.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Catalogue } from './models/load-catalogue.ts';
import { openModels } from './models/open-models.ts';
import { operatorHosts } from './providers/registry.ts';
import type { RedisClient } from './redis/connect.ts';
import { createUploads } from './uploads/uploads.ts';

export interface GenerationsOptions {
  readonly config: Config;
  readonly publicUrl: string;
  readonly catalogue: Catalogue;
  readonly redis: RedisClient;
  readonly cache: RedisClient;
  readonly connectQueue: JobsOptions['connect'];
  readonly keys: Pick<Keys, 'webhookKey'>;
  readonly ledger: Ledger;
  readonly store: GenerationStore;
  readonly events: GenerationEvents;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Everything that makes pictures and videos: the models, who serves them, what goes in and comes out, and the workers. */
export async function openGenerations(options: GenerationsOptions) {
  const { config, publicUrl, catalogue, redis, cache, keys, ledger, store, events, alarms, logger, clock } = options;
  const models = await openModels({ catalogue, settings: config, cache, alarms, logger, clock });
  const files = config.s3 ? await openS3Store(config.s3) : createDiskStore(config.dataDir);
  const uploads = createUploads({ redis, store: files, clock });
  const { retentionDays: days } = config;
  const housekeeping = startHousekeeping(
    {
      uploads: (signal) => uploads.sweep(signal),
      ...(days && { outputs: (signal) => dropOldOutputs({ files, days, clock }, signal) }),
    },
    logger,
  );
  const assets = createAssets({ store: files, fetch: { operatorHosts: operatorHosts(config) } });
  const spending = createSpending({ redis, most: config.spending, alarms, clock });
  const { providers } = models;
  const run: RunOptions = {
    store,
    ledger,
    events,
    metrics: options.metrics,
    models: models.models,
    tariff: catalogue.tariff,
    spending,
    providers,
    health: models.health,
    trust: models.trust,
    webhookUrl: (id) => (config.webhooks ? webhookUrlOf(publicUrl, keys.webhookKey, id) : null),
    slots: createSlots({ redis: cache, store, logger, random: Math.random, clock }),
    enqueue: (generation) => jobs.enqueue(generation),
    assets,
    uploads,
    logger,
    clock,
  };
  const jobs = await createJobs({
    providers: providers.values(),
    connect: options.connectQueue,
    step: (generationId, polls, signal) => runGeneration(run, generationId, polls, signal),
    logger,
  });
  const sweeper = startSweeper({ ledger, store, events, jobs, spending, alarms, logger, clock });
  return {
    ...models,
    uploads,
    assets,
    spending,
    jobs,
    async close() {
      models.close();
      await sweeper.stop();
      await housekeeping.stop();
      await jobs.close();
    },
  };
}
