import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import disputeScript from './dispute.lua';
import { poolKeys } from './keys.ts';
import payment from './payment.lua';
import { defineScript, runScript } from './script.ts';

/** In order. An `inquiry` blocks nothing; `won` and `lost` end the block. */
export type DisputePhase = 'inquiry' | 'open' | 'won' | 'lost';

export interface Dispute {
  readonly poolId: string;
  readonly paymentId: string;
  readonly disputeId: string;
  /** Before `lost`, the caller takes the credits back with `clawTo`, or they are free for a moment. */
  readonly phase: DisputePhase;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'STALE']);

export interface DisputeAnswer {
  /** `REPLAY`: it is in this phase. `STALE`: it is in a later one. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(disputeScript, payment);

/** Says how a dispute stands. While it is open, what is left of what its payment bought cannot be held. */
export async function dispute(redis: RedisClient, command: Dispute): Promise<DisputeAnswer> {
  const { poolId, paymentId, disputeId, phase, actor } = command;
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.payment(paymentId), keys.aside],
    [paymentId, disputeId, phase, actor],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
