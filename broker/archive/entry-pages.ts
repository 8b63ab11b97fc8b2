import { type LedgerEntry, type StoredEntry, toEntry } from '../ledger/entries.ts';
import type { Ledger } from '../ledger/index.ts';
import type { LogEntry } from '../ledger/read-log.ts';
import type { ArchiveStore } from './archive-store.ts';
import { startOfChain } from './chain.ts';
import { readMark } from './mark.ts';
import type { Seal } from './seal.ts';
import { readManifest, readSegment } from './segment.ts';

export interface EntryPagesOptions {
  readonly ledger: Pick<Ledger, 'listEntries'>;
  readonly store: ArchiveStore;
  readonly seal: Pick<Seal, 'open'>;
}

/**
 * Pages of a pool's entries, newest first, as the ledger's own: they go on in the archive where the ledger's end.
 * @throws as the ledger's do; BrokenChainError when the archive is not what was written.
 */
export function createEntryPages({ ledger, store, seal }: EntryPagesOptions): Ledger['listEntries'] {
  return async (poolId, page) => {
    const kept = await ledger.listEntries(poolId, page);
    const oldest = kept.at(-1)?.seq ?? page.before;
    if (kept.length === page.limit || oldest === undefined || oldest <= 1) return kept;
    const wanted = page.limit - kept.length;
    return [...kept, ...toEntries(await readBefore(store, seal, poolId, oldest, wanted)).slice(0, wanted)];
  };
}

/** Archived entries with a lower number than `before`, newest first: `wanted` of them, and one more to tell what was before. */
async function readBefore(
  store: ArchiveStore,
  seal: Pick<Seal, 'open'>,
  poolId: string,
  before: number,
  wanted: number,
): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  let name = (await readMark(store, seal, poolId))?.archived?.segment ?? null;
  while (name && found.length <= wanted) {
    const manifest = await readManifest(store, poolId, name);
    const { previous } = manifest;
    if (manifest.first < before) {
      const after = previous && (await readManifest(store, poolId, previous));
      const link = after ? { seq: after.last, head: after.head, chain: after.chain } : startOfChain(poolId);
      const entries = await readSegment(store, manifest, link);
      found.push(...entries.filter(({ seq }) => seq < before).reverse());
    }
    name = previous;
  }
  return found;
}

function toEntries(newestFirst: readonly LogEntry[]): LedgerEntry[] {
  return newestFirst.flatMap(({ seq, entry }, index) => {
    const previous: StoredEntry | undefined = newestFirst[index + 1]?.entry;
    return previous || seq === 1 ? [toEntry(seq, entry, previous ?? null)] : [];
  });
}
