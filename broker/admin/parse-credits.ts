import { InvalidArgumentError } from 'commander';
import {
  formatCredits,
  MAX_AMOUNT,
  MILLICREDITS_PER_CREDIT,
  type Millicredits,
  millicredits,
} from '../../shared/credits.ts';

/**
 * Credits with up to three decimals, as people write them.
 * @throws InvalidArgumentError for anything else, for 0, and for more than may be moved at once.
 */
export function parseCredits(text: string): Millicredits {
  const amount = Math.round(Number(text) * MILLICREDITS_PER_CREDIT);
  if (!/^-?\d+(\.\d{1,3})?$/.test(text) || amount === 0) {
    throw new InvalidArgumentError('a number of credits, with at most three decimals, and not 0');
  }
  if (Math.abs(amount) > MAX_AMOUNT) {
    throw new InvalidArgumentError(`at most ${formatCredits(millicredits(MAX_AMOUNT))} at once`);
  }
  return millicredits(amount);
}
