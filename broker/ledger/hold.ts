import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { amountArgument } from './amount.ts';
import { type PoolBalance, parseAnswer, StoredInteger } from './balance.ts';
import { type RecordFields, toPairs } from './generation-record.ts';
import holdScript from './hold.lua';
import { poolKeys } from './keys.ts';
import { markOpen } from './open-holds.ts';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';
import tally from './tally.lua';

export interface Hold {
  readonly poolId: string;
  /** The id of the hold and of its generation, made by the caller before the first attempt. */
  readonly generationId: string;
  readonly memberId: string;
  /** The most that the generation may cost. */
  readonly ceiling: Millicredits;
  /** A project or client; none when absent. */
  readonly tag?: string;
  /** After how long the sweeper may expire it, in ms. */
  readonly ttlMs: number;
  /** The most holds that the pool may have open, this one included. */
  readonly maxOpenHolds: number;
  /** The most that the member may have open in the pool, this one included. */
  readonly maxMemberHolds: number;
  /** A digest of what was asked for: the same id with another one is a conflict. */
  readonly requestHash: string;
  /** Who did it; the member when absent. */
  readonly actor?: string;
  readonly record: RecordFields;
  /** Whether the pool's history shows it as a generation; so it is when absent. */
  readonly isListed?: boolean;
}

const Code = z.enum([
  'OK',
  'REPLAY',
  'CONFLICT',
  'INSUFFICIENT',
  'CAP',
  'BUDGET',
  'FROZEN',
  'TOO_MANY',
  'TOO_MANY_BY_MEMBER',
  'NOT_A_MEMBER',
]);

export interface HoldAnswer {
  /**
   * `OK` and `REPLAY` (accepted before under this id) mean that the hold was accepted. A refusal is remembered, and
   * answered again under its id whatever has changed since. `CONFLICT`: the id was used for another request. `CAP`, `BUDGET`: used + held
   * would pass the member's or the tag's cap. `TOO_MANY`, `TOO_MANY_BY_MEMBER`: as many holds as may be are open in the pool,
   * or by the member.
   */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
  /** Whether the id had been answered before. */
  readonly repeated: boolean;
  /** When the id was first answered, ms since 1970; 0 for `CONFLICT`. */
  readonly createdAt: number;
  /** When an accepted hold may expire, ms since 1970; else 0. */
  readonly dueAt: number;
}

/**
 * How long a refusal is remembered, in ms: as long as an idempotency key. An id must not be tried again after that.
 */
const REFUSAL_MS = 24 * 60 * 60 * 1_000;

const script = defineScript(holdScript, tally);
const Rest = z.tuple([z.enum(['0', '1']), StoredInteger, StoredInteger]);

/**
 * Reserves the most that a generation may cost, gift before paid, and creates its record, in one step.
 * The pool is marked in the index of open holds before, so that a sweeper finds the hold whoever dies.
 */
export async function hold(redis: RedisClient, command: Hold): Promise<HoldAnswer> {
  const { poolId, generationId, memberId, ceiling, tag = '', actor = memberId } = command;
  const keys = poolKeys(poolId);
  const amount = amountArgument(ceiling);
  const reply = await runScript(
    redis,
    script,
    [
      keys.pool,
      keys.log,
      keys.hold(generationId),
      keys.member(memberId),
      keys.due,
      keys.generations,
      ...(tag ? [keys.budget(tag), keys.budgets] : []),
    ],
    [
      generationId,
      amount,
      memberId,
      tag,
      command.ttlMs.toFixed(0),
      command.maxOpenHolds.toFixed(0),
      command.maxMemberHolds.toFixed(0),
      command.isListed === false ? 'no' : 'yes',
      requestHash('hold', amount, memberId, tag, command.requestHash),
      actor,
      String(REFUSAL_MS),
      ...toPairs(command.record),
    ],
    () => markOpen(redis, poolId),
  );
  const { code, balance, rest } = parseAnswer(Code, reply);
  const [repeated, createdAt, dueAt] = Rest.parse(rest);
  return { code, balance, repeated: repeated === '1', createdAt, dueAt };
}
