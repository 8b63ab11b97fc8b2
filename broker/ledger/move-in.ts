import { z } from 'zod';
import type { Millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { poolKeys } from './keys.ts';
import moveInScript from './move-in.lua';
import type { LogEntry } from './read-log.ts';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';

export interface MoveIn {
  readonly poolId: string;
  /** The move's id, made by the broker that it comes from: under it, it arrives once. */
  readonly moveId: string;
  /** The last entry that came with it. */
  readonly seq: number;
  readonly head: string;
  /** What went through it until then, in millicredits. */
  readonly in: Millicredits;
  readonly spent: Millicredits;
  readonly out: Millicredits;
  /** What it gets. */
  readonly gift: Millicredits;
  readonly paid: Millicredits;
  readonly bought: Millicredits;
  readonly owner: string;
  /** ms since 1970 */
  readonly opened: number;
  readonly status: 'active' | 'frozen';
  readonly why: string;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT', 'INCOMPLETE']);

export interface MoveInAnswer {
  /** `REPLAY`: it arrived before. `CONFLICT`: this broker has another pool of this id. `INCOMPLETE`: entries are missing. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(moveInScript);

/**
 * Makes a pool of the entries that were put into its log, in one step: until then there is no such pool.
 * @throws InkpotError `internal` when what it gets does not follow from what went through it.
 */
export async function moveIn(redis: RedisClient, command: MoveIn): Promise<MoveInAnswer> {
  const { poolId, moveId, seq, head, spent, out, gift, paid, bought, owner, opened, status, why, actor } = command;
  const keys = poolKeys(poolId);
  const numbers = [command.in, spent, out, gift, paid, bought].map((amount) => amount.toFixed(0));
  const request = requestHash('move in', moveId);
  const args = [moveId, String(seq), head, ...numbers, owner, String(opened), status, why, actor, request];
  const { code, balance } = parseAnswer(Code, await runScript(redis, script, [keys.pool, keys.log], args));
  return { code, balance };
}

/** So many entries are put into a log at once. */
export const STAGED = 500;

/**
 * Puts entries into the log of a pool that does not exist yet. Each is there once, however often it is put.
 * @param entries at most {@link STAGED}, following those that were put before.
 */
export async function stageEntries(redis: RedisClient, poolId: string, entries: readonly LogEntry[]): Promise<void> {
  const { log } = poolKeys(poolId);
  const texts = entries.flatMap(({ seq, entry }) => {
    const fields = Object.entries(entry).flatMap(([name, value]) => [name, String(value)]);
    return [`${seq}-0`, String(fields.length), ...fields];
  });
  await repeatUntilKnown(() => redis.eval(STAGE, { keys: [log], arguments: texts }));
}

/** Takes away what was put into the log of a pool that does not exist. */
export async function unstageEntries(redis: RedisClient, poolId: string): Promise<void> {
  const { pool, log } = poolKeys(poolId);
  await repeatUntilKnown(() => redis.eval(UNSTAGE, { keys: [pool, log], arguments: [] }));
}

const STAGE = `#!lua
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local seq = last and tonumber(string.match(last[1], '^%d+')) or 0
local i = 1
while i <= #ARGV do
  local n = tonumber(ARGV[i + 1])
  if tonumber(string.match(ARGV[i], '^%d+')) > seq then
    redis.call('XADD', KEYS[1], ARGV[i], unpack(ARGV, i + 2, i + 1 + n))
  end
  i = i + 2 + n
end
return 0`;

const UNSTAGE = `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('DEL', KEYS[2]) end
return 0`;
