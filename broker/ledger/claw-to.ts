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
  /** What it is for, such as the refund's id. */
  readonly reference: string;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'EARLY']);

export interface ClawToAnswer {
  /** `REPLAY`: as much was taken before. `EARLY`: the payment has no credit yet, which will be netted when it comes. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(clawToScript, payment);

/** Takes back what a payment bought, never more. What is spent already becomes debt, and new holds wait until it is paid. */
export async function clawTo(redis: RedisClient, command: ClawTo): Promise<ClawToAnswer> {
  const { poolId, paymentId, target, reference, actor } = command;
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.payment(paymentId)],
    [paymentId, amountArgument(target), reference, actor],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
