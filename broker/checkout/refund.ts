import { z } from 'zod';

/** Our own record of money that is to go back, written before the credits are taken and Stripe is asked. */
export const Refund = z.object({
  id: z.string(),
  pool: z.string(),
  payment: z.string(),
  /** In the unit of the charge: US cents, or what the person was charged in. */
  amount: z.number().int().positive(),
  actor: z.string(),
  reason: z.string(),
  /** `reserved`: the credits are taken or about to be. `done`: Stripe has it. `refused`: it came to nothing. */
  state: z.enum(['reserved', 'done', 'refused']),
  /** Milliseconds since 1970. */
  createdAt: z.number().int(),
});
export type Refund = z.infer<typeof Refund>;
