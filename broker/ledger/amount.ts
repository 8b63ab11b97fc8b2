import { MAX_AMOUNT, type Millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';

/**
 * An amount that one operation may move, as the scripts take it: a whole number from 1 to 10^9 millicredits.
 * @throws InkpotError `internal` for any other: a caller's bug, caught before it reaches the ledger.
 */
export function amountArgument(amount: Millicredits): string {
  if (!Number.isInteger(amount) || amount < 1 || amount > MAX_AMOUNT) {
    throw new InkpotError('internal', { cause: new RangeError(`${amount} is not an amount that may be moved`) });
  }
  return amount.toFixed(0);
}
