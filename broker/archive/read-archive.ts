import type { LogEntry } from '../ledger/read-log.ts';
import type { ArchiveStore } from './archive-store.ts';
import { BrokenChainError, type ChainLink, startOfChain } from './chain.ts';
import type { Mark } from './mark.ts';
import { readManifest, readSegment, type SegmentName } from './segment.ts';

/**
 * Every archived entry of a pool, oldest first, each checked against the chain, and the last against the mark.
 * @throws BrokenChainError when anything is missing or is not what was written.
 */
export async function* readArchive(
  store: ArchiveStore,
  { pool, archived }: Mark,
): AsyncGenerator<LogEntry & { readonly link: ChainLink }> {
  // The mark names the last segment, and each manifest the one before.
  const names: SegmentName[] = [];
  for (let name = archived?.segment ?? null; name; name = (await readManifest(store, pool, name)).previous) {
    names.push(name);
  }
  let last = startOfChain(pool);
  for (const name of names.reverse()) {
    for (const read of await readSegment(store, await readManifest(store, pool, name), last)) {
      yield read;
      last = read.link;
    }
  }
  if (archived && last.chain !== archived.chain)
    throw new BrokenChainError('the archive does not end as its mark says');
}
