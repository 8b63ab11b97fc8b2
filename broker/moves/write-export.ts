import { createHash } from 'node:crypto';
import { InkpotError } from '../../shared/errors.ts';

import { toLine } from '../archive/chain.ts';
import type { Seal } from '../archive/seal.ts';
import { type PoolMove, readMove } from '../ledger/move-out.ts';
import { listMembers } from '../ledger/read-pool.ts';
import { createEntryChecker } from '../statements/check-entries.ts';
import { type HistoryOptions, readHistory } from '../statements/history.ts';
import { type ExportFacts, ExportHeader } from './export-file.ts';
import { readPeople } from './people.ts';
import { readState } from './pool-state.ts';

export interface ExportOptions extends HistoryOptions {
  readonly seal: Seal;
  /** The broker's address as people reach it. */
  readonly issuer: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * The file of a pool that was moved out, line by line. It may be written again, should one be lost: only one broker takes
 * it in, and once.
 *
 * @throws InkpotError `conflict` when the books of the pool do not add up, `not_found` when it was not moved out.
 */
export async function* writeExport(
  options: ExportOptions,
  poolId: string,
  to: readonly string[],
): AsyncGenerator<string> {
  const move = await readMove(options.redis, poolId);
  if (!move) throw new InkpotError('not_found', { detail: `Pool ${poolId} was not moved out` });
  yield line(ExportHeader.parse({ inkpot: 'export', version: 1, pool: poolId }));
  const checker = createEntryChecker(poolId);
  for await (const { seq, entry, link } of readHistory(options, poolId)) {
    // What came after the move stays here.
    if (seq > move.seq) break;
    checker.entry({ seq, entry }, link);
    yield toLine({ seq, entry }, link);
  }
  if (checker.faults.length > 0) {
    throw new InkpotError('conflict', {
      detail: `The books of pool ${poolId} do not add up: ${checker.faults.join('; ')}`,
    });
  }
  const state = createHash('sha256');
  for await (const text of stateLines(options, poolId)) {
    state.update(text);
    yield text;
  }
  yield line({
    seal: await options.seal.sign('export', factsOf(options, poolId, to, move, checker, state.digest('hex'))),
  });
}

async function* stateLines({ redis }: ExportOptions, poolId: string): AsyncGenerator<string> {
  for (const key of await readState(redis, poolId)) yield line(key);
  const members = await listMembers(redis, poolId);
  for (const person of await readPeople(redis, poolId, members)) yield line({ person });
}

function factsOf(
  { issuer, clock }: ExportOptions,
  pool: string,
  to: readonly string[],
  { id, gift, paid, bought, wasActive, owner, opened }: PoolMove,
  { link, fold }: ReturnType<typeof createEntryChecker>,
  state: string,
): Record<keyof ExportFacts, unknown> {
  const totals = { in: fold.in, spent: fold.spent, out: fold.out, bought };
  const { seq: entries, head, chain } = link;
  const issuedAt = new Date(clock()).toISOString();
  return {
    pool,
    move: id,
    to,
    entries,
    head,
    chain,
    totals,
    gift,
    paid,
    wasActive,
    owner,
    opened,
    state,
    issuer,
    issuedAt,
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
