import { z } from 'zod';

/** Our own record of money that is to go back, written before the credits are taken and Stripe is asked. */
export const Refund = z.object({
  /** Part of the key under which Stripe gives money back once. */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  pool: z.string(),
  payment: z.string(),
  /** In the smallest unit of what was charged: cents, where dollars were. */
  amount: z.number().int().positive(),
  actor: z.string(),
  reason: z.string(),
  /** `reserved`: the credits are taken or about to be. `done`: Stripe has it. `refused`: it came to nothing. */
  state: z.enum(['reserved', 'done', 'refused']),
  /** Milliseconds since 1970. */
  createdAt: z.number().int(),
});
export type Refund = z.infer<typeof Refund>;
