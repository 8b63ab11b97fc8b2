import type { Ledger } from '../ledger/index.ts';
import { type PoolChain, readChain, readLog } from '../ledger/read-log.ts';
import type { RedisClient } from '../redis/connect.ts';
import type { ArchiveStore } from './archive-store.ts';
import { BrokenChainError, type ChainLink, startOfChain } from './chain.ts';
import { type Mark, readMark, writeMark } from './mark.ts';
import type { Seal } from './seal.ts';
import { writeSegment } from './segment.ts';

/** So many of a pool's newest entries stay in Redis, where its people page through them. */
export const KEPT = 200;

/** So many entries at most are in one file: hashing them keeps this process busy for some 20 ms. */
const SEGMENT = 500;

export interface ArchivePoolOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'trim'>;
  readonly store: ArchiveStore;
  readonly seal: Seal;
}

/** What was found of one pool. */
export type ArchiveOutcome =
  | { readonly kind: 'archived'; readonly entries: number; readonly seen: Mark['seen'] }
  /** Redis does not have what was there before. */
  | { readonly kind: 'lost'; readonly seq: number; readonly why: string };

/**
 * Brings the archive of one pool up to date: checks that nothing is gone which was there, moves all but the newest
 * {@link KEPT} entries, notes how far the pool has come, and drops what is safe. The order of each step is file,
 * manifest, mark, trim; wherever it dies, the next call goes on from the mark.
 *
 * @throws BrokenChainError when the log or the archive does not follow from what was archived; SealBrokenError when the
 *   mark is not ours; whatever Redis or the store throws. Nothing was dropped then that is not in the archive.
 */
export async function archivePool(options: ArchivePoolOptions, poolId: string): Promise<ArchiveOutcome> {
  const { redis, store, seal } = options;
  const before = await readMark(store, seal, poolId);
  const chain = await readChain(redis, poolId);
  if (!chain) return { kind: 'lost', seq: before?.seen.seq ?? 0, why: 'Redis does not know this pool' };
  const why = before && (await findLoss(redis, poolId, chain, before));
  if (why) return { kind: 'lost', seq: before.seen.seq, why };
  if ((before?.archived?.seq ?? 0) < chain.archived) {
    throw new BrokenChainError(`Redis has dropped entries up to ${chain.archived} that this archive does not have`);
  }

  const seen = { seq: chain.seq, head: chain.head };
  const accepted = before?.accepted ?? [];
  let archived = before?.archived ?? null;
  let entries = 0;
  while ((archived?.seq ?? 0) < chain.seq - KEPT) {
    const after: ChainLink = archived ?? startOfChain(poolId);
    const to = Math.min(chain.seq - KEPT, after.seq + SEGMENT);
    const due = await readLog(redis, poolId, after.seq + 1, to);
    if (due.at(-1)?.seq !== to) throw new BrokenChainError(`the log does not have entry ${to}`);
    const { link, name } = await writeSegment(store, {
      poolId,
      entries: due,
      after,
      previous: archived?.segment ?? null,
    });
    archived = { ...link, segment: name };
    await writeMark(store, seal, { pool: poolId, archived, seen, accepted });
    entries += due.length;
  }
  if (entries === 0 && before?.seen.seq !== seen.seq)
    await writeMark(store, seal, { pool: poolId, archived, seen, accepted });
  if (archived && archived.seq > chain.archived) await drop(options, poolId, archived);
  return { kind: 'archived', entries, seen };
}

async function drop({ ledger }: ArchivePoolOptions, poolId: string, { seq, head }: ChainLink): Promise<void> {
  const { code } = await ledger.trim({ poolId, upTo: seq, head });
  if (code === 'HEAD_MISMATCH') throw new BrokenChainError(`entry ${seq} of the log is not the archived one`);
}

/** Why Redis cannot have all that it once had; null when it has. */
export async function findLoss(
  redis: RedisClient,
  poolId: string,
  chain: PoolChain,
  { seen }: Mark,
): Promise<string | null> {
  if (chain.seq < seen.seq) return `its last entry is ${chain.seq}, entry ${seen.seq} was there before`;
  const head = chain.seq === seen.seq ? chain.head : await hashOf(redis, poolId, seen.seq);
  if (head === seen.head) return null;
  return `its entry ${seen.seq} is not the one that was there before`;
}

/** The hash of an entry of the log; undefined when it is not there. */
export async function hashOf(redis: RedisClient, poolId: string, seq: number): Promise<string | undefined> {
  const [found] = await readLog(redis, poolId, seq, seq);
  return found?.entry.hash;
}
