import { z } from 'zod';
import { millicredits } from '../../shared/credits.ts';

const Time = z.coerce.number().int();

/** What the operator promised: so many credits, so many times. The code itself is not in it. */
export const GiftCode = z.object({
  id: z.string(),
  /** Millicredits for each pool that redeems it. They never expire. */
  credits: z.coerce.number().int().positive().transform(millicredits),
  /** How many pools may redeem it. */
  limit: z.coerce.number().int().positive(),
  /** Until when it may be redeemed, ms since 1970. */
  expiresAt: Time.optional(),
  createdAt: Time,
  createdBy: z.string(),
  reason: z.string(),
  revokedAt: Time.optional(),
  revokedBy: z.string().optional(),
  revokedFor: z.string().optional(),
});
export type GiftCode = z.infer<typeof GiftCode>;

/** One pool's use of a code. `taken`: counted, and the credits are on their way; `given`: they are in the pool. */
export const Redemption = z.object({
  state: z.enum(['taken', 'given']),
  account: z.string(),
  /** The form that it came by: the same form again is the same redemption. */
  order: z.string(),
});
export type Redemption = z.infer<typeof Redemption>;

/** Which redemption: a code in a pool, once. */
export interface RedemptionName {
  readonly code: string;
  readonly pool: string;
}
