import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import expireScript from './expire.lua';
import { type RecordFields, toPairs } from './generation-record.ts';
import { type OnHoldAnswer, parseOnHold } from './hold-answer.ts';
import { poolKeys } from './keys.ts';
import { RECORD_MS } from './record-life.ts';
import { defineScript, runScript } from './script.ts';
import settle from './settle.lua';
import standing from './standing.lua';
import tally from './tally.lua';

export interface Expire {
  readonly poolId: string;
  readonly generationId: string;
  /** The member who holds it, as the record says. */
  readonly memberId: string;
  /** The tag that it was held under, as the record says; none when absent. */
  readonly tag?: string;
  /** Why its generation failed, kept in the entry and in the record. */
  readonly reason: string;
  readonly actor: string;
  readonly fields?: RecordFields;
}

const Code = z.enum(['OK', 'REPLAY', 'TERMINAL', 'NOT_DUE', 'SUBMITTED', 'BAD_ARGUMENT']);

/**
 * `OK`, or `REPLAY` when it has expired before. `NOT_DUE`: its time is not over. `SUBMITTED`: the job may have reached
 * its provider, so the provider is asked first, and then it is captured or released. `TERMINAL`: captured or released.
 */
export type ExpireAnswer = OnHoldAnswer<z.infer<typeof Code>>;

const script = defineScript(expireScript, tally, standing, settle);

/** Gives back a hold whose time is over and whose job was never sent; its generation has failed. */
export async function expire(redis: RedisClient, command: Expire): Promise<ExpireAnswer> {
  const { poolId, generationId, memberId, tag = '', reason, actor, fields = {} } = command;
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.hold(generationId), keys.member(memberId), keys.due, ...(tag ? [keys.budget(tag)] : [])],
    [generationId, memberId, tag, reason, actor, String(RECORD_MS), ...toPairs(fields)],
  );
  return parseOnHold(Code, reply);
}
