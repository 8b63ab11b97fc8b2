import { z } from 'zod';
import { MAX_AMOUNT, type Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import captureScript from './capture.lua';
import { type RecordFields, toPairs } from './generation-record.ts';
import { type OnHoldAnswer, parseOnHold } from './hold-answer.ts';
import { poolKeys } from './keys.ts';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';
import settle from './settle.lua';
import standing from './standing.lua';
import tally from './tally.lua';

export interface Capture {
  readonly poolId: string;
  readonly generationId: string;
  /** The member who holds it, as the record says. */
  readonly memberId: string;
  /** The tag that it was held under, as the record says; none when absent. */
  readonly tag?: string;
  /** What it did cost: at least 1 millicredit, at most the ceiling. What cost nothing is released. */
  readonly actual: Millicredits;
  /** What it was for, such as the provider's job id. Part of the request: a repeat says the same. */
  readonly reference: string;
  /** Which part of the broker or who. */
  readonly actor: string;
  /** Written into the record with its new state, `succeeded`. */
  readonly fields?: RecordFields;
}

const Code = z.enum(['OK', 'REPLAY', 'TERMINAL', 'BAD_ARGUMENT']);

/**
 * `OK`, or `REPLAY` for the same capture again. `TERMINAL`: the hold ended otherwise, or was captured for another
 * amount or reference; `standing` says how. `BAD_ARGUMENT`: not an amount, above the ceiling, or another member's or tag's.
 */
export type CaptureAnswer = OnHoldAnswer<z.infer<typeof Code>>;

const script = defineScript(captureScript, tally, standing, settle);

/** Turns a hold into a spend, at most its ceiling, and ends its generation as succeeded. The rest goes back. */
export async function capture(redis: RedisClient, command: Capture): Promise<CaptureAnswer> {
  const { poolId, generationId, memberId, tag = '', actual, reference, actor, fields = {} } = command;
  const keys = poolKeys(poolId);
  const amount = Number.isInteger(actual) && actual <= MAX_AMOUNT ? actual.toFixed(0) : '';
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.hold(generationId), keys.member(memberId), keys.due, ...(tag ? [keys.budget(tag)] : [])],
    [
      generationId,
      amount,
      memberId,
      tag,
      reference,
      actor,
      requestHash('capture', amount, reference),
      ...toPairs(fields),
    ],
  );
  return parseOnHold(Code, reply);
}
