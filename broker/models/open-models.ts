import type { Logger } from 'pino';
import type { Alarms } from '../alarms/alarms.ts';
import { createPriceList } from '../prices/price-list.ts';
import { createProviders, type ProviderSettings } from '../providers/registry.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { Catalogue } from './load-catalogue.ts';
import { createRoster } from './roster.ts';
import { createRouteHealth } from './route-health.ts';
import { createModelTrust } from './trust.ts';

export interface ModelsOptions {
  readonly catalogue: Catalogue;
  readonly settings: ProviderSettings;
  /** What may be lost: how routes and models have done lately. */
  readonly cache: RedisClient;
  readonly alarms: Pick<Alarms, 'raise'>;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Everything about models that a running broker has: who serves them, which can be asked for, and how they do. */
export async function openModels({ catalogue, settings, cache, alarms, logger, clock }: ModelsOptions) {
  const providers = createProviders(settings);
  const health = createRouteHealth({ redis: cache, alarms, logger, clock });
  const trust = createModelTrust({ redis: cache, logger, clock });
  const roster = createRoster({ catalogue: catalogue.models, providers, health, clock });
  await Promise.all([health.start(), trust.start()]);
  if (roster.offered().length === 0)
    logger.warn('no model is offered: set the key of a provider, for instance FAL_KEY');
  return {
    providers,
    health,
    trust,
    roster,
    prices: createPriceList(catalogue, roster, clock),
    /** Every model of the catalogue, by id. */
    models: new Map(catalogue.models.map((model) => [model.id, model])),
    close() {
      health.stop();
      trust.stop();
    },
  };
}
