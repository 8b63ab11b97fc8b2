import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { type PoolBalance, parseAnswer, StoredAmount, StoredInteger } from './balance.ts';
import { poolKeys } from './keys.ts';
import moveOutScript from './move-out.lua';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';

export interface MoveOut {
  readonly poolId: string;
  /** Made by the caller. A repeat may bring another: the first one stays. */
  readonly moveId: string;
  /** The only broker that may take it in. */
  readonly to: string;
  readonly why: string;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT', 'OPEN_HOLDS', 'DISPUTED', 'DEBT']);

export interface MoveOutAnswer {
  /**
   * `REPLAY`: it was moved there before. `CONFLICT`: it was moved elsewhere. `OPEN_HOLDS`, `DISPUTED`, `DEBT`: what it has
   * is not settled yet.
   */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

/** What left with a pool that was moved away. */
const StoredMove = z
  .object({
    moved: z.string(),
    movedSeq: StoredInteger,
    movedGift: StoredAmount,
    movedPaid: StoredAmount,
    movedBought: StoredAmount,
    movedActive: z.enum(['0', '1']),
    owner: z.string(),
    opened: StoredInteger,
  })
  .transform(({ moved, movedSeq, movedGift, movedPaid, movedBought, movedActive, owner, opened }) => ({
    id: moved,
    /** The number of the entry that took it out, the last one that moves with it. */
    seq: movedSeq,
    /** In millicredits. */
    gift: movedGift,
    paid: movedPaid,
    /** All that was ever bought, see payment.lua. */
    bought: movedBought,
    /** Whether it was frozen for the move only. */
    wasActive: movedActive === '1',
    owner,
    opened,
  }));
export type PoolMove = z.infer<typeof StoredMove>;

const script = defineScript(moveOutScript);

/** Takes all that a pool has out of it, for one other broker, and freezes it for good. */
export async function moveOut(redis: RedisClient, { poolId, moveId, to, why, actor }: MoveOut): Promise<MoveOutAnswer> {
  const keys = poolKeys(poolId);
  const args = [moveId, to, why, actor, requestHash('move out', to)];
  const { code, balance } = parseAnswer(Code, await runScript(redis, script, [keys.pool, keys.log], args));
  return { code, balance };
}

/** What left with a pool; null for one that was not moved. */
export async function readMove(redis: RedisClient, poolId: string): Promise<PoolMove | null> {
  const stored = await repeatUntilKnown(() => redis.hGetAll(poolKeys(poolId).pool));
  return 'moved' in stored ? StoredMove.parse(stored) : null;
}
