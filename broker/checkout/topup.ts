import { z } from 'zod';
import { millicredits } from '../../shared/credits.ts';

/**
 * How far a top-up has come. It only moves down this list; `expired` and `failed` share a step, and what Stripe says was
 * paid is credited even after them.
 *
 * - `created`: recorded, Stripe not asked yet
 * - `open`: the person may pay
 * - `pending`: the person has agreed, the bank has not (bank debits and the like take days)
 * - `expired`, `failed`: over without money
 * - `credited`: in the pool
 */
export const TOPUP_STATES = ['created', 'open', 'pending', 'expired', 'failed', 'credited'] as const;
export type TopupState = (typeof TOPUP_STATES)[number];

/** Whether nothing more is expected to happen to a top-up in this state. */
export function isOver(state: TopupState): boolean {
  switch (state) {
    case 'created':
    case 'open':
    case 'pending':
      return false;
    case 'expired':
    case 'failed':
    case 'credited':
      return true;
  }
}

/** Our own record of one purchase, written before Stripe is asked. What is credited comes from here alone. */
export const Topup = z.object({
  id: z.string(),
  pool: z.string(),
  /** Who pays: the actor of the ledger's entry. */
  account: z.string(),
  pack: z.string(),
  /** Millicredits that the pool gets, as sold at that moment. */
  credits: z.coerce.number().int().positive().transform(millicredits),
  /** US cents asked for them. */
  cents: z.coerce.number().int().positive(),
  state: z.enum(TOPUP_STATES),
  /** Milliseconds since 1970. */
  createdAt: z.coerce.number().int(),
  /** Stripe's checkout session, once there is one, and where it is paid. */
  session: z.string().optional(),
  url: z.string().optional(),
  /** The id under which the ledger has the credits. */
  payment: z.string().optional(),
  /** Of one that is bought without anybody there: whose saved card is charged. */
  customer: z.string().optional(),
  card: z.string().optional(),
});
export type Topup = z.infer<typeof Topup>;

/** Which top-up: the pool is part of the name, because the record lives in the pool's slot. */
export interface TopupName {
  readonly pool: string;
  readonly id: string;
}
