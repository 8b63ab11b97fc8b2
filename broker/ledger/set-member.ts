import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, parseAnswer } from './balance.ts';
import { type Cap, capArguments, formatCap } from './cap.ts';
import { poolKeys } from './keys.ts';
import operation from './operation.lua';
import type { MemberRole } from './read-pool.ts';
import { requestHash } from './request-hash.ts';
import { defineScript, runScript } from './script.ts';
import setMemberScript from './set-member.lua';

export interface SetMember {
  readonly poolId: string;
  /** Made by the caller before the first attempt. */
  readonly operationId: string;
  readonly memberId: string;
  /** What the member becomes; null removes the member. */
  readonly terms: { readonly role: MemberRole; readonly cap: Cap | null } | null;
  readonly actor: string;
}

const Code = z.enum(['OK', 'REPLAY', 'CONFLICT', 'OWNER']);

export interface SetMemberAnswer {
  /** `CONFLICT`: the id was used for something else. `OWNER`: the pool's owner stays its owner. */
  readonly code: z.infer<typeof Code>;
  readonly balance: PoolBalance;
}

const script = defineScript(setMemberScript, operation);

/** Makes a member, changes one's role and cap, or removes one. Open holds stay, and settle as they would have. */
export async function setMember(redis: RedisClient, command: SetMember): Promise<SetMemberAnswer> {
  const { poolId, operationId, memberId, terms, actor } = command;
  const keys = poolKeys(poolId);
  const [limit, period] = capArguments(terms?.cap ?? null);
  const words = terms ? `${terms.role} ${formatCap(terms.cap)}`.trim() : 'removed';
  const reply = await runScript(
    redis,
    script,
    [keys.pool, keys.log, keys.operation(operationId), keys.member(memberId), keys.members],
    [operationId, memberId, terms?.role ?? '', limit, period, words, actor, requestHash('member', memberId, words)],
  );
  const { code, balance } = parseAnswer(Code, reply);
  return { code, balance };
}
