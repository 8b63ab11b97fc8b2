import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { poolKeys } from './keys.ts';
import operation from './operation.lua';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';
import setFrozenScript from './set-frozen.lua';

export interface SetFrozen {
  readonly poolId: string;
  /** Made by the caller before the first attempt. */
  readonly operationId: string;
  readonly why: string;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT', 'MOVED']);

export interface SetFrozenAnswer {
  /** `CONFLICT`: the id was used for something else. `MOVED`: it is frozen for good, another broker has it. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(setFrozenScript, operation);

/** Freezes a pool, so that it takes no new holds, or thaws it. What is open settles, and what is paid for lands. */
export async function setFrozen(
  redis: RedisClient,
  kind: 'freeze' | 'thaw',
  { poolId, operationId, why, actor }: SetFrozen,
): Promise<SetFrozenAnswer> {
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.operation(operationId)],
    [operationId, kind, why, actor, requestHash(kind, why)],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
