import { InkpotError } from '../../shared/errors.ts';
import type { ArchiveStore } from '../archive/archive-store.ts';
import { BrokenChainError, type ChainLink, follow, startOfChain } from '../archive/chain.ts';
import { readMark } from '../archive/mark.ts';
import { readArchive } from '../archive/read-archive.ts';
import type { Seal } from '../archive/seal.ts';
import { type LogEntry, readChain, readLog } from '../ledger/read-log.ts';
import type { RedisClient } from '../redis/connect.ts';

export interface HistoryOptions {
  readonly redis: RedisClient;
  readonly store: ArchiveStore;
  readonly seal: Pick<Seal, 'open'>;
}

/** An entry, and where the chains stand after it. */
export type ChainedEntry = LogEntry & { readonly link: ChainLink };

const PAGE = 1_000;

/**
 * Every entry that a pool has now, oldest first, out of the archive and then out of the ledger. What is archived in the
 * meantime is found there.
 *
 * @throws InkpotError `not_found` when there is no such pool; BrokenChainError when entries are missing or were changed.
 */
export async function* readHistory(options: HistoryOptions, poolId: string): AsyncGenerator<ChainedEntry> {
  const { redis } = options;
  const chain = await readChain(redis, poolId);
  if (!chain) throw new InkpotError('not_found', { detail: `There is no pool ${poolId}` });
  let link = startOfChain(poolId);
  while (link.seq < chain.seq) {
    const page = await readLog(redis, poolId, link.seq + 1, Math.min(chain.seq, link.seq + PAGE));
    if (page[0]?.seq === link.seq + 1) {
      for (const one of page) {
        link = follow(link, one);
        yield { ...one, link };
      }
    } else {
      const before = link.seq;
      for await (const read of readArchived(options, poolId)) {
        if (read.seq <= link.seq) continue;
        link = read.link;
        yield read;
      }
      if (link.seq === before) throw new BrokenChainError(`entry ${before + 1} is neither in Redis nor in the archive`);
    }
  }
}

async function* readArchived({ store, seal }: HistoryOptions, poolId: string): AsyncGenerator<ChainedEntry> {
  const mark = await readMark(store, seal, poolId);
  if (mark) yield* readArchive(store, mark);
}
