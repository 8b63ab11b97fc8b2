import { z } from 'zod';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import adjustScript from './adjust.lua';
import { amountArgument } from './amount.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { poolKeys } from './keys.ts';
import operation from './operation.lua';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';

export interface Adjust {
  readonly poolId: string;
  /** Made by the caller before the first attempt. */
  readonly operationId: string;
  /** What is given, or, below zero, taken. */
  readonly change: Millicredits;
  readonly origin: 'paid' | 'gift';
  readonly why: string;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT', 'INSUFFICIENT', 'MOVED']);

export interface AdjustAnswer {
  /**
   * `CONFLICT`: the id was used for something else. `INSUFFICIENT`: less than that is available of that origin. `MOVED`:
   * nothing is given to a pool that is at another broker.
   */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(adjustScript, operation);

/** Corrects a pool by hand. It never takes more than is available, so it makes no debt. */
export async function adjust(redis: RedisClient, command: Adjust): Promise<AdjustAnswer> {
  const { poolId, operationId, change, origin, why, actor } = command;
  const keys = poolKeys(poolId);
  const amount = amountArgument(millicredits(Math.abs(change)));
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.operation(operationId)],
    [operationId, change > 0 ? 'in' : 'out', amount, origin, why, actor, requestHash('adjust', change, origin, why)],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
