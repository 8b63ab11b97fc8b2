import type { ArchiveStore } from '../archive/archive-store.ts';
import { BrokenChainError } from '../archive/chain.ts';
import { openMark } from '../archive/mark.ts';
import { readArchive } from '../archive/read-archive.ts';
import { SealBrokenError } from '../archive/seal.ts';
import { createEntryChecker } from './check-entries.ts';
import type { Verdict } from './verdict.ts';

/** Checks what is archived of one pool, without asking the broker: mark, manifests, files, chain and balances. */
export async function verifyArchive(store: ArchiveStore, pool: string): Promise<Verdict> {
  const checker = createEntryChecker(pool);
  const faults: string[] = [];
  let signer: string | null = null;
  try {
    const opened = await openMark(store, pool);
    signer = opened.signer;
    for await (const { seq, entry, link } of readArchive(store, opened.mark)) checker.entry({ seq, entry }, link);
  } catch (error) {
    if (!(error instanceof BrokenChainError || error instanceof SealBrokenError)) throw error;
    faults.push(error.message);
  }
  const all = [...checker.faults, ...faults];
  return { kind: 'archive', pool, entries: checker.link.seq, faults: all, signer, issuer: null, issuedAt: null };
}
