import type { Pool } from '../../shared/api/pools.ts';
import type { TransferAnswer, TransferRequest } from '../../shared/api/transfers.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Attempt } from '../http/idempotency.ts';
import type { Pools } from '../pools/pools.ts';
import { type MoveOptions, moveCredits } from './move-credits.ts';

export interface TransferOptions extends MoveOptions {
  readonly pools: Pick<Pools, 'read'>;
  /** @throws InkpotError `broker_busy` while nothing new may be held. */
  readonly requireSafe: () => void;
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * Moves credits from a pool to another one, for somebody who owns the first and is in the second. A repeat under the same
 * id finishes what was begun.
 * @throws InkpotError why not, with nothing moved; `broker_busy` when the outcome is unknown: the same id finds out.
 */
export async function transfer(
  options: TransferOptions,
  accountId: string,
  from: string,
  attempt: Pick<Attempt, 'id' | 'isFirst'>,
  { to, amount }: TransferRequest,
): Promise<TransferAnswer> {
  const { records, clock } = options;
  const id = `transfer-${attempt.id}`;
  const begun = attempt.isFirst ? null : await records.read(id);
  const record = begun ?? { id, from, to, amount, accountId, begunAt: clock() };
  if (!begun) {
    await requireAllowed(options, accountId, from, to);
    await records.begin(record);
  }
  const { split, balance } = await moveCredits(options, record);
  const { available, paid, gift, held } = balance;
  return { transfer: { id, from, to, amount, split }, balance: { available, paid, gift, held } };
}

async function requireAllowed(
  { pools, requireSafe }: TransferOptions,
  accountId: string,
  from: string,
  to: string,
): Promise<void> {
  requireSafe();
  const source = await pools.read(accountId, from);
  if (source.role !== 'owner') {
    throw new InkpotError('forbidden', { detail: 'Only the owner of a pool may move its credits elsewhere.' });
  }
  if (from === to) {
    const message = 'The credits are in this pool already: pick another one.';
    throw new InkpotError('invalid_request', { detail: message, faults: [{ path: 'to', message }] });
  }
  const target = await pools.read(accountId, to).catch(strangerOf);
  if (target.status === 'frozen') {
    throw new InkpotError('pool_frozen', {
      detail: 'The pool that should get the credits is frozen. Nothing was moved.',
    });
  }
}

/** A pool that one is not in and a pool that does not exist are told in the same words. */
function strangerOf(error: unknown): Pool {
  if (!(error instanceof InkpotError) || error.code !== 'not_found') throw error;
  throw new InkpotError('not_a_member', {
    detail: 'You are not in the pool that should get the credits. Nothing was moved.',
  });
}
