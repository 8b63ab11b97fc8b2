import { z } from 'zod';
import { type Millicredits, millicredits } from '../../shared/credits.ts';

/** What a pool has, in millicredits, and how far its ledger goes. */
export interface PoolBalance {
  /** Bought and not held. */
  readonly paid: Millicredits;
  /** Given and not held. */
  readonly gift: Millicredits;
  /** Bought, but not to be held while the dispute about its payment is open. A part of `paid`. */
  readonly blocked: Millicredits;
  /** paid + gift − blocked: what a new hold may take. Below zero it is a debt. */
  readonly available: Millicredits;
  /** Reserved by open generations. */
  readonly held: Millicredits;
  /** All that ever came in. Never falls. */
  readonly in: Millicredits;
  /** All that was ever spent. Never falls. */
  readonly spent: Millicredits;
  /** All that ever left otherwise. Never falls. */
  readonly out: Millicredits;
  /** The number of the last entry. */
  readonly seq: number;
  readonly openHolds: number;
  readonly status: PoolStatus;
}

const PoolStatus = z.enum(['active', 'frozen']);
type PoolStatus = z.infer<typeof PoolStatus>;

/** A whole number as Redis stores it. */
export const StoredInteger = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);

/** An amount as Redis stores it, in millicredits. */
export const StoredAmount = StoredInteger.transform(millicredits);

/** The pool's hash, `w:{P}`. */
export const StoredPool = z
  .object({
    status: PoolStatus,
    paid: StoredAmount,
    gift: StoredAmount,
    held: StoredAmount,
    in: StoredAmount,
    spent: StoredAmount,
    out: StoredAmount,
    seq: StoredInteger,
    open: StoredInteger,
    blocked: StoredAmount.prefault('0'),
  })
  .transform(
    ({ open, ...pool }): PoolBalance => ({
      ...pool,
      available: millicredits(pool.paid + pool.gift - pool.blocked),
      openHolds: open,
    }),
  );

const FIELDS = ['status', 'paid', 'gift', 'held', 'in', 'spent', 'out', 'seq', 'open', 'blocked'] as const;

/** What every script answers: its code, the pool after it, and what is particular to the script. */
export interface ScriptAnswer<Code extends string> {
  readonly code: Code;
  readonly balance: PoolBalance;
  readonly rest: readonly string[];
}

/** Reads a script's reply, whose order is fixed by `answer` in prelude.lua. */
export function parseAnswer<Code extends string>(codes: z.ZodType<Code>, reply: readonly string[]): ScriptAnswer<Code> {
  const balance = StoredPool.parse(Object.fromEntries(FIELDS.map((field, index) => [field, reply[index + 1]])));
  return { code: codes.parse(reply[0]), balance, rest: reply.slice(FIELDS.length + 1) };
}
