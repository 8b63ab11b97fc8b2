import { createHash } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';

export interface AdapterOptions {
  readonly redis: RedisClient;
  /** ms since 1970 */
  readonly clock: () => number;
  /** For how long a refresh token still works after it was used, in ms. */
  readonly leewayMs: number;
  /** The refresh token that the current request is replacing, if it is. */
  readonly rotating: () => string | undefined;
}

/** Kept past its end, in ms, so that a late poll hears `expired_token` and not that the code never was. */
const DEVICE_CODE_AFTERLIFE_MS = 10 * 60_000;

/** A safety net for a mark set on what has expired in the same moment, in seconds. */
const STRAY_SECONDS = 3_600;

/** Instead of an id that only its holder knows: what we know of it. */
const HASHED = 'hashed:';

const Stored = z.object({ payload: z.string(), consumed: z.coerce.number().optional() });

/**
 * oidc-provider's store in Redis. Tokens and codes are kept under the hash of their id and without it, so a copy of
 * Redis lets nobody in.
 *
 * A refresh token that was just used works for {@link AdapterOptions.leewayMs} more: two open files refresh at once, and
 * an answer may be lost. After that its reuse is theft for all we know, and oidc-provider revokes the grant
 * (RFC 9700 §4.14.2). It is marked as used only when its successor is stored, so a crash between the two loses neither.
 */
export function createAdapter(model: string, { redis, clock, leewayMs, rotating }: AdapterOptions): Adapter {
  const afterlife = model === 'DeviceCode' ? DEVICE_CODE_AFTERLIFE_MS : 0;
  const keyOfHash = (hash: string) => `oidc:${model}:${hash}`;
  const keyOf = (id: string) => keyOfHash(id.startsWith(HASHED) ? id.slice(HASHED.length) : hashOf(id));

  async function load(hash: string, id: string): Promise<AdapterPayload | undefined> {
    const hashed = await redis.hGetAll(keyOfHash(hash));
    if (!('payload' in hashed)) return undefined;
    const { payload, consumed } = Stored.parse({ ...hashed });
    const found: AdapterPayload = { ...JSON.parse(payload), jti: id };
    const excused = model === 'RefreshToken' && consumed !== undefined && clock() - consumed <= leewayMs;
    if (consumed !== undefined && !excused) found.consumed = Math.floor(consumed / 1000);
    return found;
  }

  async function markConsumed(id: string): Promise<void> {
    const key = keyOf(id);
    await redis.multi().hSetNX(key, 'consumed', String(clock())).expire(key, STRAY_SECONDS, 'NX').exec();
  }

  return {
    async upsert(id, { jti: _known, ...payload }, expiresIn) {
      const key = keyOf(id);
      const lifeMs = expiresIn * 1000 + afterlife;
      await redis.multi().hSet(key, 'payload', JSON.stringify(payload)).pExpire(key, lifeMs).exec();
      if (payload.grantId && model !== 'Grant') {
        const members = grantKey(payload.grantId);
        await redis.sAdd(members, key);
        // The first token of a grant lives longest, so only a longer life may replace the set's.
        await redis.multi().pExpire(members, lifeMs, 'NX').pExpire(members, lifeMs, 'GT').exec();
      }
      if (payload.userCode) {
        const expiration = { type: 'PX', value: lifeMs } as const;
        await redis.set(userCodeKey(payload.userCode), key.slice(keyOfHash('').length), { expiration });
      }
      const replaced = model === 'RefreshToken' ? rotating() : undefined;
      if (replaced) await markConsumed(replaced);
    },
    find: (id) => load(hashOf(id), id),
    async findByUserCode(userCode) {
      const hash = await redis.get(userCodeKey(userCode));
      return hash ? load(hash, `${HASHED}${hash}`) : undefined;
    },
    async findByUid() {
      return undefined;
    },
    async consume(id) {
      if (model !== 'RefreshToken') await markConsumed(id);
    },
    async destroy(id) {
      await redis.del(keyOf(id));
    },
    async revokeByGrantId(grantId) {
      const members = grantKey(grantId);
      for (const key of await redis.sMembers(members)) await redis.del(key);
      await redis.del(members);
    },
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function grantKey(grantId: string): string {
  return `oidc:grant:${hashOf(grantId)}`;
}

function userCodeKey(userCode: string): string {
  return `oidc:user-code:${userCode}`;
}
