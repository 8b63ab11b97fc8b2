import { z } from 'zod';
import { type Millicredits, millicredits } from '../../../shared/credits.ts';

/**
 * - `setting_up`: agreed to; the card is not saved yet
 * - `on`: the card is charged when the balance is low
 * - `stopped`: the last charge was refused; nothing more is charged until the owner turns it on again
 * - `off`
 */
const State = z.enum(['setting_up', 'on', 'stopped', 'off']);

/**
 * Why a charge was refused: the bank wants its customer to be there; it said no; the card is not at Stripe any more; or
 * Stripe did not take the charge, and never will.
 */
const Reason = z.enum(['requires_action', 'declined', 'card_gone', 'not_taken']);
export type StopReason = z.infer<typeof Reason>;

/** What an owner agrees to. */
export interface Terms {
  /** Below this many available millicredits more are bought. */
  readonly threshold: Millicredits;
  readonly pack: string;
  /** Millicredits that one charge buys. */
  readonly credits: Millicredits;
  /** US cents of one charge. */
  readonly cents: number;
  /** The most that is charged in a calendar month (UTC), in US cents. */
  readonly monthlyCents: number;
}

const Amount = z.coerce.number().int().transform(millicredits);
const Whole = z.coerce.number().int();

/** What a pool has arranged with its owner, `auto-topup:{P}`: no record where nobody ever did. */
export const Arrangement = z.object({
  pool: z.string(),
  state: State,
  /** The owner who agreed; where they are mailed, which is forgotten with the card; and when they did, in ms since 1970. */
  account: z.string(),
  email: z.string(),
  agreedAt: Whole,
  threshold: Amount,
  pack: z.string(),
  credits: Amount,
  cents: Whole,
  monthlyCents: Whole,
  /** Stripe's session in which the card is being saved, once it is open. */
  setup: z.string().default(''),
  customer: z.string().default(''),
  /** The saved card: Stripe's id, and what tells it from others. */
  card: z.string().default(''),
  cardName: z.string().default(''),
  reason: Reason.optional(),
  /** Whether the owner is still to be mailed that it has stopped. */
  mailDue: z
    .enum(['0', '1'])
    .default('0')
    .transform((text) => text === '1'),
  /** The top-up that is being charged; empty when none is. */
  topup: z.string().default(''),
  /** How many charges were ever begun. */
  begun: Whole.default(0),
  /** The month in which the last charge began, `2026-11`, and what was charged in it so far, in US cents. */
  month: z.string().default(''),
  monthSpent: Whole.default(0),
});
export type Arrangement = z.infer<typeof Arrangement>;

/** Whether anything is still to be done about it, now or when credits are low. */
export function needsCare({ state, topup, mailDue }: Arrangement): boolean {
  return state === 'setting_up' || state === 'on' || mailDue || topup !== '';
}

/** What was charged in this month, in US cents. @param now ms since 1970 */
export function spentIn({ month, monthSpent }: Arrangement, now: number): number {
  return month === monthOf(now) ? monthSpent : 0;
}

/** `2026-11`. @param now ms since 1970 */
export function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}
