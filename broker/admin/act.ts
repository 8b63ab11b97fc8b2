import { formatCredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger, PoolBalance } from '../ledger/index.ts';
import type { Printer } from './printer.ts';

/** Something that changes a pool, told before it is done. */
export interface Act {
  readonly poolId: string;
  /** In words, such as `Give 5 credits`. */
  readonly what: string;
  /** Under this id it happens once, however often it is asked for. */
  readonly operationId: string;
  readonly actor: string;
  readonly reason: string;
  carryOut(): Promise<{ readonly code: string; readonly balance: PoolBalance }>;
}

/** What became of an act. */
const OUTCOMES: Readonly<Record<string, string>> = {
  OK: 'done',
  REPLAY: 'it was done before',
  CONFLICT: 'refused, the id was used for something else',
  INSUFFICIENT: 'refused, the pool has not as much of that to take',
  MOVED: 'refused, the pool was moved to another broker',
};

/**
 * Says what an act would do, and does it only when told `yes`.
 * @returns whether all is well: false when the ledger refused it.
 * @throws InkpotError `not_found` when there is no such pool.
 */
export async function perform(ledger: Ledger, act: Act, yes: boolean, print: Printer): Promise<boolean> {
  const { poolId, what, operationId, actor, reason } = act;
  const before = await ledger.readPool(poolId);
  if (!before) throw new InkpotError('not_found', { detail: `There is no pool ${poolId}` });
  const { code, balance } = yes ? await act.carryOut() : { code: 'DRY_RUN', balance: before };
  const standing = `${formatCredits(balance.available)} available, ${balance.status}`;
  print(
    { poolId, what, operationId, actor, reason, code, balance },
    yes
      ? `${what}: ${OUTCOMES[code] ?? code} (${operationId}). The pool has ${standing}.`
      : `${what}? Nothing was done. The pool has ${standing}. Do it with --yes --id ${operationId}`,
  );
  return ['OK', 'REPLAY', 'DRY_RUN'].includes(code);
}
