import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { amountArgument } from './amount.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { poolKeys } from './keys.ts';
import payment from './payment.lua';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';
import topupScript from './topup.lua';

export interface Topup {
  readonly poolId: string;
  /** What makes it happen once: the payment's own id, not the id of an event about it. */
  readonly paymentId: string;
  readonly amount: Millicredits;
  /** `paid` was bought; `gift` was given, and is spent first. */
  readonly origin: 'paid' | 'gift';
  /** What it was for, such as the checkout session. Part of the request: a repeat says the same. */
  readonly reference: string;
  readonly actor: string;
  /** Who paid, when it was a member. */
  readonly memberId?: string;
  /** Refuses it where the pool was moved to another broker: for what can go back. A payment from outside never says so. */
  readonly unlessMoved?: boolean;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT', 'MOVED']);

const Stranded = z.tuple([z.enum(['0', '1'])]).transform(([flag]) => flag === '1');

export interface TopupAnswer {
  /**
   * `REPLAY`: this payment was credited before. `CONFLICT`: it was credited for another amount, origin or reference.
   * `MOVED`: the pool is at another broker, and will never take it here; only with {@link Topup.unlessMoved}.
   */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
  /** It came after the pool was moved to another broker: it is in the pool here, where nobody can spend it. */
  readonly isStranded: boolean;
}

const script = defineScript(topupScript, payment);

/** Credits a payment once, however often and in whatever order its events arrive. */
export async function topup(redis: RedisClient, command: Topup): Promise<TopupAnswer> {
  const { poolId, paymentId, origin, reference, actor, memberId = '', unlessMoved = false } = command;
  const keys = poolKeys(poolId);
  const amount = amountArgument(command.amount);
  const request = requestHash('topup', amount, origin, reference);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.payment(paymentId), keys.aside],
    [paymentId, amount, origin, reference, actor, memberId, request, unlessMoved ? '1' : '0'],
  );
  const { code, balance, rest } = parseAnswer(Code, reply);
  return { code, balance, isStranded: Stranded.parse(rest) };
}
