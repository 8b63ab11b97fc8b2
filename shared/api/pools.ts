import * as z from 'zod/mini';
import { Amount } from '../credits.ts';

/** What a pool has, in millicredits. `available` = paid + gift. */
export const Balance = z.object({
  available: Amount,
  paid: Amount,
  gift: Amount,
  held: Amount,
});
export type Balance = z.infer<typeof Balance>;

const Role = z.enum(['owner', 'admin', 'member']);

/** A wallet with members, as one of them sees it. */
export const Pool = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'frozen']),
  role: Role,
  balance: Balance,
});
export type Pool = z.infer<typeof Pool>;

/** `GET /v1/pools` */
export const PoolList = z.object({ pools: z.array(Pool) });
export type PoolList = z.infer<typeof PoolList>;

const Funds = z.object({ paid: Amount, gift: Amount, held: Amount });

/** One immutable line of a pool's ledger, with what the pool had before and after it. */
export const Entry = z.object({
  seq: z.int(),
  kind: z.enum([
    'open',
    'topup',
    'hold',
    'capture',
    'release',
    'expire',
    'member',
    'budget',
    'freeze',
    'thaw',
    'adjust',
    'clawback',
    'dispute',
  ]),
  /** The id of the operation: a generation's id, a payment's id. */
  operation: z.string(),
  amount: Amount,
  split: z.object({ gift: Amount, paid: Amount }),
  before: Funds,
  after: Funds,
  actor: z.string(),
  reference: z.string(),
  /** ISO 8601, UTC. */
  time: z.string(),
});
export type Entry = z.infer<typeof Entry>;

/** `GET /v1/pools/:id/entries`, newest first; `next` is the `before` of the next page, null on the last. */
export const EntryPage = z.object({ entries: z.array(Entry), next: z.nullable(z.int()) });
export type EntryPage = z.infer<typeof EntryPage>;
