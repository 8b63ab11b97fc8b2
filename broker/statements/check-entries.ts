import { BrokenChainError, type ChainLink, fromLine, startOfChain } from '../archive/chain.ts';
import { addEntry, type Fold, type Report, startFold } from '../ledger/fold.ts';
import type { LogEntry } from '../ledger/read-log.ts';

/** Checks the entries of a pool one by one, from its first. */
export interface EntryChecker {
  /** The next line of a file. @returns its entry; null once the chain is broken, when nothing more is checked. */
  line(text: string): LogEntry | null;
  /** The next entry, whose place in the chain is proven. */
  entry(entry: LogEntry, link: ChainLink): void;
  /** What is wrong so far, at most {@link MOST} of it. */
  readonly faults: readonly string[];
  /** Where the chains stand, and what the pool has, after the last entry. */
  readonly link: ChainLink;
  readonly fold: Fold;
}

/** One wrong entry can make every later one wrong. */
const MOST = 20;

/** That each follows from the one before, by both hashes and by what it did to the balances. */
export function createEntryChecker(poolId: string): EntryChecker {
  const faults: string[] = [];
  const fold = startFold(null);
  let link = startOfChain(poolId);
  let broken = false;
  const fault = (what: string) => {
    if (faults.length < MOST) faults.push(what);
  };
  const report: Report = (invariant, isBroken, detail) => {
    if (isBroken) fault(`${invariant}: ${detail}`);
  };

  function entry(one: LogEntry, next: ChainLink): void {
    link = next;
    addEntry(fold, one.seq, one.entry, report);
  }

  return {
    faults,
    fold,
    get link() {
      return link;
    },
    entry,
    line(text) {
      if (broken) return null;
      try {
        const read = fromLine(text, link);
        const one = { seq: read.seq, entry: read.entry };
        entry(one, read.link);
        return one;
      } catch (error) {
        if (!(error instanceof BrokenChainError)) throw error;
        broken = true;
        fault(error.message);
        return null;
      }
    },
  };
}
