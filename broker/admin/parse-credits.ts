import { InvalidArgumentError } from 'commander';
import { MILLICREDITS_PER_CREDIT, type Millicredits, millicredits } from '../../shared/credits.ts';

/**
 * Credits with up to three decimals, as people write them.
 * @throws InvalidArgumentError for anything else, and for 0.
 */
export function parseCredits(text: string): Millicredits {
  const amount = Math.round(Number(text) * MILLICREDITS_PER_CREDIT);
  if (!/^-?\d+(\.\d{1,3})?$/.test(text) || amount === 0) {
    throw new InvalidArgumentError('a number of credits, with at most three decimals, and not 0');
  }
  return millicredits(amount);
}
