import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type RecordFields, type ReleasedState, type Stage, toPairs } from './generation-record.ts';
import { type OnHoldAnswer, parseOnHold } from './hold-answer.ts';
import { poolKeys } from './keys.ts';
import { RECORD_MS } from './record-life.ts';
import releaseScript from './release.lua';
import { defineScript, runScript } from './script.ts';
import settle from './settle.lua';
import standing from './standing.lua';
import tally from './tally.lua';

export interface Release {
  readonly poolId: string;
  readonly generationId: string;
  /** The member who holds it, as the record says. */
  readonly memberId: string;
  /** The tag that it was held under, as the record says; none when absent. */
  readonly tag?: string;
  /** How its generation ends. */
  readonly state: ReleasedState;
  /** Why: a failure's code, kept in the entry and in the record. */
  readonly reason: string;
  /** Which part of the broker or who. */
  readonly actor: string;
  /** Only while the worker is at one of these stages: how a cancel and a worker agree on who was first. */
  readonly onlyAtStages?: readonly Stage[];
  readonly fields?: RecordFields;
}

const Code = z.enum(['OK', 'REPLAY', 'TERMINAL', 'TOO_LATE', 'BAD_ARGUMENT']);

/**
 * `OK`, or `REPLAY` when it was released before (the first reason stands). `TOO_LATE`: it is past `onlyAtStages`.
 * `TERMINAL`: captured or expired. `BAD_ARGUMENT`: another member's or tag's.
 */
export type ReleaseAnswer = OnHoldAnswer<z.infer<typeof Code>>;

const script = defineScript(releaseScript, tally, standing, settle);

/** Gives a hold back in full, each part to where it came from, and ends its generation without a charge. */
export async function release(redis: RedisClient, command: Release): Promise<ReleaseAnswer> {
  const { poolId, generationId, memberId, tag = '', state, reason, actor, onlyAtStages = [], fields = {} } = command;
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.hold(generationId), keys.member(memberId), keys.due, ...(tag ? [keys.budget(tag)] : [])],
    [generationId, memberId, tag, state, reason, actor, onlyAtStages.join(','), String(RECORD_MS), ...toPairs(fields)],
  );
  return parseOnHold(Code, reply);
}
