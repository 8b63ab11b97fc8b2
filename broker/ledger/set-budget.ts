import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { type Cap, capArguments, formatCap } from './cap.ts';
import { poolKeys } from './keys.ts';
import operation from './operation.lua';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';
import setBudgetScript from './set-budget.lua';

export interface SetBudget {
  readonly poolId: string;
  /** Made by the caller before the first attempt. */
  readonly operationId: string;
  /** A project or client. */
  readonly tag: string;
  /** null lifts it. */
  readonly cap: Cap | null;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT']);

export interface SetBudgetAnswer {
  /** `CONFLICT`: the id was used for something else. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(setBudgetScript, operation);

/** Sets the most that everyone together may spend under a tag. A lower one refuses new holds only. */
export async function setBudget(redis: RedisClient, command: SetBudget): Promise<SetBudgetAnswer> {
  const { poolId, operationId, tag, cap, actor } = command;
  const keys = poolKeys(poolId);
  const words = formatCap(cap);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.operation(operationId), keys.budget(tag), keys.budgets],
    [operationId, tag, ...capArguments(cap), words, actor, requestHash('budget', tag, words)],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
