import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Amount } from '../../shared/credits.ts';
import { EntryKind, sealEntry } from '../ledger/entries.ts';
import type { LogEntry } from '../ledger/read-log.ts';

const Hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));

/** An entry as files have it, one line of JSON each. Amounts are millicredits, `time` is ms since 1970. */
const EntryLine = z.strictObject({
  seq: z.int().positive(),
  kind: EntryKind,
  op: z.string(),
  amount: Amount,
  splitGift: Amount,
  splitPaid: Amount,
  member: z.string(),
  tag: z.string(),
  /** What the pool had after it. */
  paid: Amount,
  gift: Amount,
  held: Amount,
  actor: z.string(),
  reference: z.string(),
  time: z.int(),
  request: z.string(),
  /** The ledger's own SHA-1 chain, see `sealEntry`. */
  hash: Hex(40),
  /** SHA-256 over the chain up to the entry before and this entry, see {@link ChainLink}. */
  chain: Hex(64),
});

/** Where two chains of a pool's entries end: the ledger's, and the one of its files. */
export interface ChainLink {
  readonly seq: number;
  /** The ledger's SHA-1 of this entry and those before; empty before the first. */
  readonly head: string;
  /** SHA-256 of the JSON array of the chain so far and the entry's values in their order; the pool's id before the first. */
  readonly chain: string;
}

/** A file's line, or the log, does not follow from what was before it. */
export class BrokenChainError extends Error {
  override readonly name = 'BrokenChainError';
}

/** Before a pool's first entry. The id makes one pool's chain no other's. */
export function startOfChain(poolId: string): ChainLink {
  return { seq: 0, head: '', chain: poolId };
}

/**
 * The link after an entry.
 * @throws BrokenChainError when the entry is not the next one, or its hash is not its own.
 */
export function follow(last: ChainLink, { seq, entry }: LogEntry): ChainLink {
  if (seq !== last.seq + 1) throw new BrokenChainError(`entry ${seq} follows entry ${last.seq}`);
  if (sealEntry(last.head, seq, entry) !== entry.hash)
    throw new BrokenChainError(`entry ${seq} does not match its hash`);
  return { seq, head: entry.hash, chain: digest(last.chain, { seq, entry }) };
}

/** An entry as a line of a file, with its line feed. */
export function toLine({ seq, entry }: LogEntry, { chain }: ChainLink): string {
  return `${JSON.stringify({ seq, ...entry, chain })}\n`;
}

/**
 * Reads a line that must follow `last`.
 * @throws BrokenChainError when it does not, or is not the line of an entry.
 */
export function fromLine(line: string, last: ChainLink): LogEntry & { readonly link: ChainLink } {
  const { seq, chain, ...entry } = parseLine(line, last.seq + 1);
  const link = follow(last, { seq, entry });
  if (link.chain !== chain) throw new BrokenChainError(`entry ${seq} does not match the chain of its file`);
  return { seq, entry, link };
}

function parseLine(line: string, expected: number): z.infer<typeof EntryLine> {
  try {
    return EntryLine.parse(JSON.parse(line));
  } catch (cause) {
    throw new BrokenChainError(`the line of entry ${expected} is not one of an entry`, { cause });
  }
}

function digest(before: string, { seq, entry }: LogEntry): string {
  const { kind, op, amount, splitGift, splitPaid, member, tag, paid, gift, held } = entry;
  const { actor, reference, time, request, hash } = entry;
  const what = [kind, op, amount, splitGift, splitPaid, member, tag, paid, gift, held];
  const values = [before, seq, ...what, actor, reference, time, request, hash];
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
