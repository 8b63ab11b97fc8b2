import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { StoredAmount, StoredInteger } from './balance.ts';
import type { DisputePhase } from './dispute.ts';
import { poolKeys } from './keys.ts';

/** What a payment brought to a pool, and what became of it, in millicredits. */
export interface PaymentStanding {
  /** 0 while it has no credit. */
  readonly credited: Millicredits;
  /** Taken back in all. */
  readonly back: Millicredits;
  /** What is to be taken back in all, also before there is a credit. */
  readonly target: Millicredits;
  /** The number of the entry that credited it; 0 while there is none. */
  readonly seq: number;
  /** Changes with every clawback that was asked for; see `ClawTo.revision`. */
  readonly revision: string;
  /** How far each dispute has come. */
  readonly disputes: ReadonlyMap<string, DisputePhase>;
}

const Stored = z.object({
  credited: StoredAmount.prefault('0'),
  back: StoredAmount.prefault('0'),
  target: StoredAmount.prefault('0'),
  seq: StoredInteger.prefault('0'),
  revision: z.string().default('0'),
});
const Phase = z.enum(['inquiry', 'open', 'won', 'lost']);
const FIELD = 'dispute:';

/** How a payment stands; one that nobody has heard of stands at nothing. */
export async function readPayment(redis: RedisClient, poolId: string, paymentId: string): Promise<PaymentStanding> {
  const stored = await redis.hGetAll(poolKeys(poolId).payment(paymentId));
  const disputes = Object.entries(stored).filter(([field]) => field.startsWith(FIELD));
  return {
    ...Stored.parse(stored),
    disputes: new Map(disputes.map(([field, phase]) => [field.slice(FIELD.length), Phase.parse(phase)])),
  };
}
