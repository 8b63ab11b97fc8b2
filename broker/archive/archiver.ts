import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Ledger } from '../ledger/index.ts';
import { listPools } from '../ledger/list-pools.ts';
import { readChain } from '../ledger/read-log.ts';
import { createPasses, type Passes } from '../passes.ts';
import { withLease } from '../redis/lease.ts';
import { type ArchivePoolOptions, archivePool, KEPT } from './archive-pool.ts';
import { listMarked, type Mark } from './mark.ts';
import { createTeller, type Teller } from './tell-operator.ts';

/** Between two passes, in ms. */
const EVERY_MS = 10 * 60_000;

/** So many pools are looked at together. */
const TOGETHER = 16;

export interface ArchiverOptions extends ArchivePoolOptions {
  readonly ledger: Pick<Ledger, 'trim' | 'freeze'>;
  readonly alarms: Alarms;
  readonly logger: Logger;
}

/** What one pass did. */
export interface ArchivePass {
  /** Pools that had changed. */
  readonly pools: number;
  readonly entries: number;
  /** Pools that lost history. */
  readonly lost: number;
  /** Pools that could not be archived now. */
  readonly failed: number;
}

type Found = { -readonly [Key in keyof ArchivePass]: number };

export interface Archiver extends Passes {
  /** One pass over every pool; null while another broker is at one. */
  runOnce(): Promise<ArchivePass | null>;
}

/**
 * Keeps what Redis need not keep, and finds pools that lost history: such a pool is frozen, so that nothing is spent
 * twice, and the operator is called. One broker at a time does it.
 */
export function createArchiver(options: ArchiverOptions): Archiver {
  const { redis, ledger, store, alarms, logger } = options;
  /** What this process has seen of each pool, so that pools at rest cost no read of the archive. */
  const known = new Map<string, Mark['seen']>();
  let stopping = false;

  async function isAtRest(poolId: string): Promise<boolean> {
    const seen = known.get(poolId);
    const chain = seen && (await readChain(redis, poolId));
    return chain ? chain.seq === seen.seq && chain.head === seen.head && chain.seq - chain.archived <= KEPT : false;
  }

  async function lookAt(poolId: string, found: Found, { tell }: Teller): Promise<void> {
    try {
      if (await isAtRest(poolId)) return;
      const outcome = await archivePool(options, poolId);
      found.pools += 1;
      if (outcome.kind === 'archived') {
        found.entries += outcome.entries;
        known.set(poolId, outcome.seen);
      } else {
        found.lost += 1;
        await tell({ kind: 'lost_history', about: poolId, what: await stopSpending(poolId, outcome) });
      }
    } catch (error) {
      found.failed += 1;
      if (error instanceof InkpotError && error.code === 'broker_busy') {
        logger.warn({ err: error, poolId }, 'entries could not be archived, will try again');
        return;
      }
      const why = error instanceof Error ? error.message : String(error);
      const what = `The entries of pool ${poolId} could not be archived: ${why}. Nothing was dropped; they stay in Redis.`;
      await tell({ kind: 'archive_failed', about: poolId, what, details: { err: error } });
    }
  }

  /**
   * Under one id, so that whoever has looked into it may thaw the pool and it stays so.
   * @returns what happened, in words for the operator.
   */
  async function stopSpending(poolId: string, { seq, why }: { readonly seq: number; readonly why: string }) {
    const operationId = `lost-history-${seq}`;
    const frozen = await ledger.freeze({ poolId, operationId, why: `lost history: ${why}`, actor: 'archiver' }).then(
      () => 'It takes no new generations',
      () => 'It could not be frozen',
    );
    return `Pool ${poolId} lost history: ${why}. ${frozen}. Restore Redis from its backup, or settle it with the pool's owner and say so with accept-loss.`;
  }

  async function pass(): Promise<ArchivePass> {
    const found: Found = { pools: 0, entries: 0, lost: 0, failed: 0 };
    const teller = createTeller(alarms);
    // Pools that Redis does not know any more are found by their marks.
    const pools = new Set([...(await listPools(redis)), ...(await listMarked(store))]);
    for (const group of inGroups([...pools])) {
      if (stopping) break;
      await Promise.all(group.map((poolId) => lookAt(poolId, found, teller)));
    }
    await teller.end();
    if (found.entries > 0) logger.info(found, 'entries archived');
    return found;
  }

  const runOnce = () => withLease(redis, 'archiver', pass);

  const failure = 'entries could not be archived, will try again';
  const passes = createPasses({ everyMs: EVERY_MS, pass: runOnce, failure, logger });

  return {
    runOnce,
    start: passes.start,
    stop() {
      stopping = true;
      return passes.stop();
    },
  };
}

function* inGroups<T>(all: readonly T[]): Generator<T[]> {
  for (let start = 0; start < all.length; start += TOGETHER) yield all.slice(start, start + TOGETHER);
}
