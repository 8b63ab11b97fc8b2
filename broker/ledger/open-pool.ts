import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { poolKeys } from './keys.ts';
import openPoolScript from './open-pool.lua';
import { defineScript, runScript } from './script.ts';

export interface OpenPool {
  readonly poolId: string;
  /** The first member, with the role `owner`. */
  readonly ownerId: string;
  /** Who did it: an account, or the part of the broker. */
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT']);

export interface OpenPoolAnswer {
  /** `REPLAY`: this owner's pool was open already. `CONFLICT`: it has another owner. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(openPoolScript);

/** Opens a pool with its first member and no credits. */
export async function openPool(redis: RedisClient, { poolId, ownerId, actor }: OpenPool): Promise<OpenPoolAnswer> {
  const keys = poolKeys(poolId);
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.member(ownerId), keys.members],
    [poolId, ownerId, actor],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
