import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type RecordFields, toPairs } from './generation-record.ts';
import { type OnHoldAnswer, parseOnHold } from './hold-answer.ts';
import { poolKeys } from './keys.ts';
import lateScript from './late.lua';
import { defineScript, runScript } from './script.ts';
import standing from './standing.lua';

export interface Late {
  readonly poolId: string;
  readonly generationId: string;
  /** Written into the record with its new state, `succeeded`. */
  readonly fields: RecordFields;
}

const Code = z.enum(['OK', 'REPLAY', 'OPEN', 'TERMINAL']);

/** `REPLAY`: it has a late result, and keeps the first. `OPEN`: its hold has not ended. `TERMINAL`: it was captured. */
export type LateAnswer = OnHoldAnswer<z.infer<typeof Code>>;

const script = defineScript(lateScript, standing);

/** Gives a generation the result that came after its hold was given back (design/ledger.md, rule 8). Moves no money. */
export async function late(redis: RedisClient, { poolId, generationId, fields }: Late): Promise<LateAnswer> {
  const keys = poolKeys(poolId);
  return parseOnHold(Code, await runScript(redis, script, [keys.pool, keys.hold(generationId)], toPairs(fields)));
}
