import { z } from 'zod';
import { Amount } from '../../shared/credits.ts';
import { toLine } from '../archive/chain.ts';
import type { Seal } from '../archive/seal.ts';
import type { StoredEntry } from '../ledger/entries.ts';
import { type HistoryOptions, readHistory } from './history.ts';

export interface StatementOptions extends HistoryOptions {
  readonly seal: Seal;
  /** The broker's address as people reach it. */
  readonly issuer: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** The first line of a statement. */
export const StatementHeader = z.strictObject({
  inkpot: z.literal('statement'),
  version: z.literal(1),
  pool: z.string(),
});

/** What the broker signs for under a statement, its last line: where the pool stood. */
export const StatementFacts = z.object({
  pool: z.string(),
  /** Entries of the file, which is the number of the last one. */
  entries: z.int().positive(),
  /** Where the ledger's chain ends, and that of the file. */
  head: z.string(),
  chain: z.string(),
  /** What the pool had then, in millicredits. */
  balance: z.object({ paid: Amount, gift: Amount, held: Amount }),
  issuer: z.string(),
  issuedAt: z.string(),
});
export type StatementFacts = z.infer<typeof StatementFacts>;

/** The last line of a signed file: the facts as a JWS. */
export const SealLine = z.strictObject({ seal: z.string() });

/**
 * A pool's statement as a file, line by line: a header, every entry since the pool was opened, and the signed end. It
 * needs nothing else to be checked but the broker's public key, which is in the signature's header.
 *
 * @throws as {@link readHistory} does.
 */
export async function* writeStatement(options: StatementOptions, poolId: string): AsyncGenerator<string> {
  const { seal, issuer, clock } = options;
  yield `${JSON.stringify(StatementHeader.parse({ inkpot: 'statement', version: 1, pool: poolId }))}\n`;
  let last: { entry: StoredEntry; head: string; chain: string; seq: number } | null = null;
  for await (const { seq, entry, link } of readHistory(options, poolId)) {
    yield toLine({ seq, entry }, link);
    last = { entry, ...link };
  }
  if (!last) return;
  const { seq: entries, head, chain, entry } = last;
  const balance = { paid: entry.paid, gift: entry.gift, held: entry.held };
  const issuedAt = new Date(clock()).toISOString();
  const facts: StatementFacts = { pool: poolId, entries, head, chain, balance, issuer, issuedAt };
  yield `${JSON.stringify({ seal: await seal.sign('statement', facts) })}\n`;
}
