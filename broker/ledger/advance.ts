import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import advanceScript from './advance.lua';
import { type RecordFields, STATE_OF_STAGE, type Stage, toPairs } from './generation-record.ts';
import { type OnHoldAnswer, parseOnHold } from './hold-answer.ts';
import { poolKeys } from './keys.ts';
import { defineScript, runScript } from './script.ts';
import standing from './standing.lua';

export interface Advance {
  readonly poolId: string;
  readonly generationId: string;
  /** The stages that it may come from. When absent, any that is not later than `stage`. */
  readonly from?: readonly Stage[];
  /** The stage to move to. When absent, only the fields change. */
  readonly stage?: Stage;
  /** Puts off the hold's expiry: from now, in ms. */
  readonly ttlMs?: number;
  readonly fields?: RecordFields;
  /** The id of this move; a caller that may repeat it across calls makes its own. */
  readonly operationId?: string;
}

const Code = z.enum(['OK', 'REPLAY', 'TERMINAL', 'WRONG_STAGE']);

/**
 * `OK`, or `REPLAY` when the same move was made before: it is the caller's. `WRONG_STAGE`: someone else has moved it.
 * `TERMINAL`: its hold has ended, `standing` says how.
 */
export type AdvanceAnswer = OnHoldAnswer<z.infer<typeof Code>>;

const script = defineScript(advanceScript, standing);

/** Moves an open generation to a stage, and writes fields of its record. Moves no money. */
export async function advance(redis: RedisClient, command: Advance): Promise<AdvanceAnswer> {
  const { stage, from = [], ttlMs, fields = {}, operationId = randomUUID() } = command;
  const keys = poolKeys(command.poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.hold(command.generationId), keys.due],
    [
      command.generationId,
      operationId,
      from.join(','),
      stage ?? '',
      stage ? STATE_OF_STAGE[stage] : '',
      ttlMs?.toFixed(0) ?? '',
      ...toPairs(fields),
    ],
  );
  return parseOnHold(Code, reply);
}
