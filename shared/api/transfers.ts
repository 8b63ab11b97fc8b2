import * as z from 'zod/mini';
import { Amount, MAX_AMOUNT } from '../credits.ts';
import { Balance } from './pools.ts';

/** `POST /v1/pools/:id/transfers`, with an `Idempotency-Key`: credits of this pool to another one. */
export const TransferRequest = z.strictObject({
  /** The pool that gets them. The person must be in it. */
  to: z.string().check(z.maxLength(64)),
  /** In millicredits. */
  amount: Amount.check(z.minimum(1), z.maximum(MAX_AMOUNT)),
});
export type TransferRequest = z.infer<typeof TransferRequest>;

/** Credits that went from one pool to another. What was bought stays bought, and what was given stays given. */
const Transfer = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  amount: Amount,
  split: z.object({ gift: Amount, paid: Amount }),
});

/** What moves money answers with the balance it left, here of the pool that gave. */
export const TransferAnswer = z.object({ transfer: Transfer, balance: Balance });
export type TransferAnswer = z.infer<typeof TransferAnswer>;
