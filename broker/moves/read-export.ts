import { createHash } from 'node:crypto';
import { openSeal, SealBrokenError } from '../archive/seal.ts';
import type { LogEntry } from '../ledger/read-log.ts';
import { createEntryChecker } from '../statements/check-entries.ts';
import { readHeader } from '../statements/read-header.ts';
import { SealLine } from '../statements/statement.ts';
import { ExportFacts, ExportHeader, type Person, PersonLine } from './export-file.ts';
import { belongsTo, StateLine } from './pool-state.ts';

/** An export, and what was found wrong with it. */
export interface ReadExport {
  readonly pool: string;
  /** Entries that were checked. */
  readonly entries: number;
  readonly faults: readonly string[];
  /** null when the signature does not hold. */
  readonly facts: ExportFacts | null;
  readonly signer: string | null;
  readonly state: readonly StateLine[];
  readonly people: readonly Person[];
}

/**
 * Reads and checks an export without asking anybody.
 * @param lines of the file, without their line feeds.
 * @param onEntry called with each entry that follows from those before it.
 * @throws Error when the first line is damaged.
 */
export async function readExport(
  lines: AsyncIterable<string>,
  onEntry: (entry: LogEntry) => Promise<void> = () => Promise.resolve(),
): Promise<ReadExport> {
  let pool = '';
  let checker = createEntryChecker(pool);
  const faults: string[] = [];
  const hash = createHash('sha256');
  const state: StateLine[] = [];
  const people: Person[] = [];
  let sealed: string | null = null;
  for await (const line of lines) {
    if (pool === '') {
      pool = readHeader(line, ExportHeader);
      checker = createEntryChecker(pool);
    } else if (sealed !== null) faults.push('there is something after the signature');
    else if (line.startsWith('{"seq":')) {
      const entry = checker.line(line);
      if (entry) await onEntry(entry);
    } else if (line.startsWith('{"seal":')) sealed = line;
    else {
      hash.update(`${line}\n`);
      readOther(line, pool, { state, people, faults });
    }
  }
  const { link, fold } = checker;
  faults.unshift(...checker.faults);
  const { facts, signer } = await open(sealed, faults);
  if (facts) {
    const ends =
      facts.pool === pool && facts.entries === link.seq && facts.head === link.head && facts.chain === link.chain;
    if (!ends) faults.push('the signature is for other entries than these');
    if (facts.state !== hash.digest('hex'))
      faults.push('the signature is for other members, payments or people than these');
    const { totals, gift, paid } = facts;
    const same = totals.in === fold.in && totals.spent === fold.spent && totals.out === fold.out;
    if (!same || fold.paid !== 0 || fold.gift !== 0 || fold.held !== 0) {
      faults.push('the signature is for other balances than the entries add up to');
    }
    if (gift < 0 || paid < 0 || gift + paid > fold.out) faults.push('it would bring more than was taken out');
  }
  return { pool, entries: link.seq, faults, facts, signer, state, people };
}

function readOther(
  line: string,
  pool: string,
  found: { state: StateLine[]; people: Person[]; faults: string[] },
): void {
  try {
    const parsed: unknown = JSON.parse(line);
    const person = PersonLine.safeParse(parsed);
    if (person.success) return void found.people.push(person.data.person);
    const key = StateLine.parse(parsed);
    if (!belongsTo(pool, key.key)) found.faults.push(`${key.key} is not a key of this pool`);
    else found.state.push(key);
  } catch {
    found.faults.push('there is a line that is none of an export');
  }
}

async function open(sealed: string | null, faults: string[]) {
  try {
    if (sealed === null) throw new SealBrokenError('the last line is not a signature: the end is missing');
    const { facts, signer } = await openSeal('export', SealLine.parse(JSON.parse(sealed)).seal);
    return { facts: ExportFacts.parse(facts), signer };
  } catch (error) {
    faults.push(error instanceof SealBrokenError ? error.message : 'what was signed is no export');
    return { facts: null, signer: null };
  }
}
