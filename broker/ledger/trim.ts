import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { poolKeys } from './keys.ts';
import { defineScript, runScript } from './script.ts';
import trimScript from './trim.lua';

export interface Trim {
  readonly poolId: string;
  /** The number of the last archived entry. It stays, as the one that the next is checked against. */
  readonly upTo: number;
  /** The hash of that entry, as the archive has it. */
  readonly head: string;
}

const Code = z.enum(['OK', 'HEAD_MISMATCH']);

export interface TrimAnswer {
  /** `HEAD_MISMATCH`: the pool's history is not the archive's, and nothing was dropped. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(trimScript);

/** Drops entries that are safe in the archive. Repeats, also late ones, change nothing. */
export async function trim(redis: RedisClient, { poolId, upTo, head }: Trim): Promise<TrimAnswer> {
  const keys = poolKeys(poolId);
  const reply = await runScript(redis, script, [keys.pool, keys.log], [upTo.toFixed(0), head]);
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
