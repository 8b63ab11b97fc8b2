import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { StoredAmount, StoredInteger } from './balance.ts';
import { poolKeys } from './keys.ts';

export const EntryKind = z.enum([
  'open',
  'topup',
  'hold',
  'capture',
  'release',
  'expire',
  'member',
  'budget',
  'freeze',
  'thaw',
  'adjust',
  'clawback',
  'dispute',
]);
export type EntryKind = z.infer<typeof EntryKind>;

/** What a pool had at one moment, in millicredits. */
export interface Funds {
  readonly paid: Millicredits;
  readonly gift: Millicredits;
  readonly held: Millicredits;
}

/** One immutable line of a pool's ledger. */
export interface LedgerEntry {
  readonly seq: number;
  readonly kind: EntryKind;
  /** A generation's id for hold, capture, release and expire; a payment's for topup, clawback and dispute; the pool's for open; else the caller's own. */
  readonly operationId: string;
  /** What the operation was about: the ceiling for hold, release and expire, what was spent for capture; negative for what an adjustment took and what a clawback gave back. */
  readonly amount: Millicredits;
  /** The amount by origin. */
  readonly split: { readonly gift: Millicredits; readonly paid: Millicredits };
  readonly memberId: string;
  readonly tag: string;
  readonly before: Funds;
  readonly after: Funds;
  readonly actor: string;
  readonly reference: string;
  /** ms since 1970, by the Redis server's clock */
  readonly time: number;
  readonly requestHash: string;
  /** SHA-1 over the hash before it and this entry; see {@link sealEntry}. */
  readonly hash: string;
}

/** An entry as the stream keeps it. */
export const StoredEntry = z.object({
  kind: EntryKind,
  op: z.string(),
  amount: StoredAmount,
  splitGift: StoredAmount,
  splitPaid: StoredAmount,
  member: z.string(),
  tag: z.string(),
  paid: StoredAmount,
  gift: StoredAmount,
  held: StoredAmount,
  actor: z.string(),
  reference: z.string(),
  time: StoredInteger,
  request: z.string(),
  hash: z.string().length(40),
});
export type StoredEntry = z.infer<typeof StoredEntry>;

const NOTHING: Funds = { paid: millicredits(0), gift: millicredits(0), held: millicredits(0) };

export interface EntryPageRequest {
  /** Entries with a lower number than this; the newest when absent. */
  readonly before?: number;
  readonly limit: number;
}

/**
 * The pool's entries, newest first, each with what the pool had before and after it. Of a log that was trimmed, those
 * after the last archived one.
 */
export async function listEntries(
  redis: RedisClient,
  poolId: string,
  { before, limit }: EntryPageRequest,
): Promise<LedgerEntry[]> {
  const end = before === undefined ? '+' : `(${before}-0`;
  // One more than asked for: the balances before an entry are those after the one before it.
  const messages = await redis.xRevRange(poolKeys(poolId).log, end, '-', { COUNT: limit + 1 });
  const entries = (messages ?? []).map(({ id, message }) => ({
    seq: seqOf(id),
    entry: StoredEntry.parse({ ...message }),
  }));
  return entries.slice(0, limit).flatMap(({ seq, entry }, index) => {
    const previous = entries[index + 1]?.entry ?? (seq === 1 ? null : undefined);
    return previous === undefined ? [] : [toEntry(seq, entry, previous)];
  });
}

/**
 * The hash of an entry: SHA-1 over the previous hash, the number, and each value with its length in bytes before it,
 * so that no two entries have one encoding. SHA-1 is what Redis offers to a script; it finds corruption and lost or
 * moved entries. Against a forger who can write to Redis, the proof is the SHA-256 chain over the archive.
 */
export function sealEntry(previousHash: string, seq: number, entry: Omit<StoredEntry, 'hash'>): string {
  const values = [
    entry.kind,
    entry.op,
    entry.amount,
    entry.splitGift,
    entry.splitPaid,
    entry.member,
    entry.tag,
    entry.paid,
    entry.gift,
    entry.held,
    entry.actor,
    entry.reference,
    entry.time,
    entry.request,
  ].map(String);
  const sealed = [previousHash, String(seq), ...values.map((value) => `${Buffer.byteLength(value)}:${value}`)];
  return createHash('sha1').update(sealed.join(',')).digest('hex');
}

const Seq = z.coerce.number().int();

/** The number of an entry, from its stream id `<seq>-0`. */
export function seqOf(streamId: string): number {
  return Seq.parse(streamId.replace(/-0$/, ''));
}

/** @param previous what the pool had before it; null for the first entry. */
export function toEntry(seq: number, entry: StoredEntry, previous: Funds | null): LedgerEntry {
  const { kind, op, amount, splitGift, splitPaid, member, tag, actor, reference, time, request, hash } = entry;
  return {
    seq,
    kind,
    operationId: op,
    amount,
    split: { gift: splitGift, paid: splitPaid },
    memberId: member,
    tag,
    before: fundsOf(previous ?? NOTHING),
    after: fundsOf(entry),
    actor,
    reference,
    time,
    requestHash: request,
    hash,
  };
}

function fundsOf({ paid, gift, held }: Funds): Funds {
  return { paid, gift, held };
}
