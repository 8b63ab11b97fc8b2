import { ulid } from 'ulid';
import { InkpotError } from '../../shared/errors.ts';
import { BrokenChainError } from '../archive/chain.ts';
import { createArrangements } from '../checkout/auto-topup/arrangements.ts';
import { createRefunds } from '../checkout/refunds.ts';
import { createTopups } from '../checkout/topups.ts';
import { type MoveOutAnswer, moveOut, readMove } from '../ledger/move-out.ts';
import { readPool } from '../ledger/read-pool.ts';
import { createEntryChecker } from '../statements/check-entries.ts';
import { type HistoryOptions, readHistory } from '../statements/history.ts';

export interface ExportPool {
  readonly poolId: string;
  /** The keys (RFC 7638 thumbprints) of the broker that will take it in. */
  readonly to: readonly string[];
  readonly why: string;
  readonly actor: string;
}

export interface ExportPoolOptions extends HistoryOptions {
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * Why a pool cannot move now, in words; null when it can.
 * @throws InkpotError `not_found` when there is no such pool.
 */
export async function whyNotNow(options: ExportPoolOptions, poolId: string): Promise<string | null> {
  const { redis, clock } = options;
  const pool = await readPool(redis, poolId);
  if (!pool) throw new InkpotError('not_found', { detail: `There is no pool ${poolId}` });
  if (pool.openHolds > 0) return obstacles.OPEN_HOLDS;
  if (pool.blocked > 0) return obstacles.DISPUTED;
  if (pool.paid < 0 || pool.gift < 0) return obstacles.DEBT;
  const charge = (await createArrangements(redis, clock).read(poolId))?.topup;
  if (charge) return 'An auto top-up of it is under way: wait until it is charged or refused';
  const topups = (await createTopups(redis, clock).listOpen(clock())).filter((topup) => topup.pool === poolId);
  if (topups.length > 0) return 'A top-up of it is under way: wait until it is paid or over, within an hour or so';
  const refunds = (await createRefunds(redis).listOpen(clock())).filter((refund) => refund.pool === poolId);
  if (refunds.length > 0) return 'A refund of it is under way: finish it with refund-all';
  // What is broken is better found while the pool is still here.
  const fault = await findFault(options, poolId);
  return fault === null ? null : `Its books do not add up, see audit and verify: ${fault}`;
}

async function findFault(options: HistoryOptions, poolId: string): Promise<string | null> {
  const checker = createEntryChecker(poolId);
  try {
    for await (const { seq, entry, link } of readHistory(options, poolId)) checker.entry({ seq, entry }, link);
  } catch (error) {
    if (error instanceof BrokenChainError) return error.message;
    throw error;
  }
  return checker.faults[0] ?? null;
}

/**
 * Takes out of a pool all that it has, for one other broker. From then on it spends nothing here.
 * @throws InkpotError `conflict` when it cannot move now, or was moved elsewhere; nothing has changed then.
 */
export async function exportPool(options: ExportPoolOptions, command: ExportPool): Promise<MoveOutAnswer> {
  const { poolId, to, why, actor } = command;
  const obstacle = (await readMove(options.redis, poolId)) ? null : await whyNotNow(options, poolId);
  if (obstacle) throw new InkpotError('conflict', { detail: obstacle });
  const moveId = ulid(options.clock()).toLowerCase();
  const answer = await moveOut(options.redis, { poolId, moveId, to: [...to].sort().join(' '), why, actor });
  if (answer.code !== 'OK' && answer.code !== 'REPLAY') {
    throw new InkpotError('conflict', { detail: obstacles[answer.code] });
  }
  return answer;
}

const obstacles = {
  OPEN_HOLDS: 'It has generations under way: freeze it, wait until they have ended, and export it then',
  DISPUTED: 'A dispute about one of its payments is open: wait until it is decided',
  DEBT: 'It owes credits: settle that first, for instance with adjust',
  CONFLICT: 'It was exported for another broker before, and only that one takes it in',
};
