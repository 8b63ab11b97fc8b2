import { z } from 'zod';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { codeIdOf, newCode, readCode } from './code-text.ts';
import { GiftCode, Redemption, type RedemptionName } from './gift-code.ts';
import reserveScript from './reserve-gift.lua';

/** Indexes over all codes share no slot with the records: each is written before them and cleared after them. */
const CODES = 'gift-codes';
const UNDER_WAY = 'gift-redemptions';

const REFUSALS = ['UNKNOWN', 'REVOKED', 'EXPIRED', 'EXHAUSTED'] as const;

const JsonRedemption = z.string().transform((text) => Redemption.parse(JSON.parse(text)));
const Refused = z.tuple([z.enum(REFUSALS)]).transform(([refusal]) => refusal);
const Reserved = z
  .tuple([z.literal('TAKEN'), z.coerce.number().transform(millicredits), JsonRedemption])
  .transform(([, credits, redemption]): Reservation => ({ credits, redemption }));
const Answer = z.union([Refused, Reserved]);

export type Refusal = (typeof REFUSALS)[number];

/** A redemption that counts, and what it is worth. */
export interface Reservation {
  readonly credits: Millicredits;
  readonly redemption: Redemption;
}

export interface NewGiftCode {
  readonly credits: Millicredits;
  readonly limit: number;
  /** ms since 1970 */
  readonly expiresAt?: number | undefined;
  readonly actor: string;
  readonly reason: string;
}

export type GiftCodes = ReturnType<typeof createGiftCodes>;

/** The codes in Redis: `gift:{id}` what was promised, `gift:{id}:pools` who has redeemed it; the id is a code's hash. */
export function createGiftCodes(redis: RedisClient, clock: () => number) {
  async function read(id: string): Promise<GiftCode | null> {
    const fields = await repeatUntilKnown(() => redis.hGetAll(codeKey(id)));
    return 'id' in fields ? GiftCode.parse({ ...fields }) : null;
  }

  async function forget({ code, pool }: RedemptionName): Promise<void> {
    await repeatUntilKnown(() => redis.zRem(UNDER_WAY, `${code}:${pool}`));
  }

  return {
    read,
    forget,

    /** Makes a code. It is shown to the caller now and kept nowhere: what is kept is its hash. */
    async create({ credits, limit, expiresAt, actor, reason }: NewGiftCode): Promise<{ id: string; code: string }> {
      const code = newCode();
      const id = codeIdOf(readCode(code) ?? '');
      const createdAt = clock();
      const record = { id, credits, limit, createdAt, createdBy: actor, reason, ...(expiresAt && { expiresAt }) };
      await repeatUntilKnown(() => redis.zAdd(CODES, { score: createdAt, value: id }));
      await repeatUntilKnown(() => redis.hSet(codeKey(id), record));
      return { id, code };
    },

    /** All codes, oldest first, with how often each was redeemed. */
    async list(): Promise<(GiftCode & { redeemed: number })[]> {
      const listed = [];
      for (const id of await repeatUntilKnown(() => redis.zRange(CODES, 0, -1))) {
        const code = await read(id);
        if (code) listed.push({ ...code, redeemed: await repeatUntilKnown(() => redis.hLen(poolsKey(id))) });
      }
      return listed;
    },

    /** Lets nobody else redeem it; what was given stays given. The first one to revoke it is remembered. */
    async revoke(id: string, { actor, reason }: { actor: string; reason: string }): Promise<void> {
      const key = codeKey(id);
      const revokedAt = String(clock());
      await repeatUntilKnown(() =>
        redis
          .multi()
          .hSetNX(key, 'revokedBy', actor)
          .hSetNX(key, 'revokedFor', reason)
          .hSetNX(key, 'revokedAt', revokedAt)
          .exec(),
      );
    },

    /** Takes a redemption for a pool, or finds the one that it has. It stays listed until {@link forget}. */
    async reserve({ code, pool }: RedemptionName, redemption: Redemption): Promise<Reservation | Refusal> {
      const now = clock();
      const listed = { score: now, value: `${code}:${pool}` };
      await repeatUntilKnown(() => redis.zAdd(UNDER_WAY, listed, { condition: 'NX' }));
      return Answer.parse(
        await repeatUntilKnown(() =>
          redis.eval(reserveScript, {
            keys: [codeKey(code), poolsKey(code)],
            arguments: [pool, JSON.stringify(redemption), String(now)],
          }),
        ),
      );
    },

    async readRedemption({ code, pool }: RedemptionName): Promise<Redemption | null> {
      const kept = await repeatUntilKnown(() => redis.hGet(poolsKey(code), pool));
      return kept === null ? null : JsonRedemption.parse(kept);
    },

    /** Says that the pool has its credits. */
    async confirm({ code, pool }: RedemptionName, redemption: Redemption): Promise<void> {
      const given: Redemption = { ...redemption, state: 'given' };
      await repeatUntilKnown(() => redis.hSet(poolsKey(code), pool, JSON.stringify(given)));
    },

    /** Lets another pool have the redemption of one that can never get its credits here. */
    async giveBack(name: RedemptionName): Promise<void> {
      await repeatUntilKnown(() => redis.hDel(poolsKey(name.code), name.pool));
      await forget(name);
    },

    /** Redemptions that were begun before `begunBefore` (ms since 1970) and not ended, oldest first. */
    async listUnderWay(begunBefore: number): Promise<RedemptionName[]> {
      const members = await repeatUntilKnown(() => redis.zRange(UNDER_WAY, '-inf', begunBefore, { BY: 'SCORE' }));
      return members.map((member) => {
        const [code = '', pool = ''] = member.split(':');
        return { code, pool };
      });
    },
  };
}

function codeKey(id: string): string {
  return `gift:{${id}}`;
}

function poolsKey(id: string): string {
  return `gift:{${id}}:pools`;
}
