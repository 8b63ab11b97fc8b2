import type { Route } from '../../shared/catalogue/model.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Pools } from '../pools/pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import { parseGeneration, type StoredGeneration, toFields } from './generation.ts';
import type { GenerationEvents } from './generation-events.ts';
import { poolOfGeneration } from './generation-id.ts';
import { addOrphan, countOrphans } from './orphans.ts';

/** The generations as the ledger keeps them, found by their ids. */
export interface GenerationStore {
  find(generationId: string): Promise<StoredGeneration | null>;
  /**
   * As a member of its pool sees it; to anybody else it does not exist.
   * @throws InkpotError `not_found`
   */
  read(accountId: string, generationId: string): Promise<StoredGeneration>;
  /** Newest first. @throws InkpotError `not_found` when the pool is not this person's. */
  list(accountId: string, poolId: string, page: { before?: string; limit: number }): Promise<StoredGeneration[]>;
  /** Whether it is to be made, or being made, at this provider. */
  isUnderWayAt(generationId: string, provider: Route['provider']): Promise<boolean>;
  /** Notes that someone wants it stopped, or that it cannot be. Moves no money. */
  setCancellation(generation: StoredGeneration, cancellation: 'requested' | 'too_late'): Promise<void>;
  /** Notes that its provider job may be running, and billed, although its hold has been released. */
  addOrphan(generationId: string): Promise<void>;
  countOrphans(): Promise<number>;
}

export interface GenerationStoreOptions {
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  readonly pools: Pools;
  readonly events: GenerationEvents;
  readonly clock: () => number;
}

export function createGenerationStore({
  redis,
  ledger,
  pools,
  events,
  clock,
}: GenerationStoreOptions): GenerationStore {
  async function find(generationId: string): Promise<StoredGeneration | null> {
    const poolId = poolOfGeneration(generationId);
    const record = poolId === null ? null : await ledger.readGeneration(poolId, generationId);
    return record && parseGeneration(record);
  }

  return {
    find,
    async read(accountId, generationId) {
      const poolId = poolOfGeneration(generationId);
      // Of a pool that is not theirs, nobody learns which generations it has.
      const [generation] =
        poolId === null ? [] : await Promise.all([find(generationId), pools.read(accountId, poolId)]);
      if (generation) return generation;
      throw new InkpotError('not_found', {
        detail: 'It is not kept any more, or belongs to a pool that you are not in.',
      });
    },
    async list(accountId, poolId, page) {
      await pools.read(accountId, poolId);
      return (await ledger.listGenerations(poolId, page)).map(parseGeneration);
    },
    async isUnderWayAt(generationId, provider) {
      const generation = await find(generationId);
      return generation?.hold === 'held' && generation.details.route.provider === provider;
    },
    async setCancellation({ poolId, generationId }, cancellation) {
      await ledger.advance({ poolId, generationId, fields: toFields({ cancellation }) });
      await events.publish(generationId, { progress: null });
    },
    addOrphan: (generationId) => addOrphan(redis, { generationId, listedAt: clock() }),
    countOrphans: () => countOrphans(redis),
  };
}
