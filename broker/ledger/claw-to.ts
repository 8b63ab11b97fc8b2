import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { amountArgument } from './amount.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import clawToScript from './claw-to.lua';
import { poolKeys } from './keys.ts';
import payment from './payment.lua';
import { defineScript, runScript } from './script.ts';

export interface ClawTo {
  readonly poolId: string;
  readonly paymentId: string;
  /** How much of what the payment bought is to be gone in all: refunds and lost disputes together, never one of them. */
  readonly target: Millicredits;
  /**
   * The payment's revision, read before the facts that the target follows from. With it, the target is exact: it may be
   * 0, and what was taken above it is given back, as when a refund fails.
   */
  readonly revision?: string;
  /** What it is for, such as the refund's id. */
  readonly reference: string;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'EARLY', 'STALE']);

export interface ClawToAnswer {
  /** `REPLAY`: as much was taken before. `EARLY`: the payment has no credit yet, which will be netted when it comes. `STALE`: another target came after the revision, so the facts must be read anew. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(clawToScript, payment);

/** Takes back what a payment bought, never more. What is spent already becomes debt, and new holds wait until it is paid. */
export async function clawTo(redis: RedisClient, command: ClawTo): Promise<ClawToAnswer> {
  const { poolId, paymentId, target, reference, actor, revision = '' } = command;
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.payment(paymentId), keys.aside],
    [paymentId, revision && target === 0 ? '0' : amountArgument(target), reference, actor, revision],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
