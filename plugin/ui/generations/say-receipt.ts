import type { Generation } from '../../../shared/api/generations.ts';
import { formatCredits, type Millicredits } from '../../../shared/credits.ts';

/** What a finished generation cost and what is left: `0.8 credits · 199.2 left`. */
export function sayReceipt(
  { charged, late }: Pick<Generation, 'charged' | 'late'>,
  pool: { balance: { available: Millicredits } } | undefined,
): string {
  const cost = late ? 'Arrived late, free of charge' : charged === null ? '' : formatCredits(charged);
  if (!pool) return cost;
  return `${cost} · ${formatCredits(pool.balance.available).replace(/ credits?$/, '')} left`;
}
