import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Pools } from '../pools/pools.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** A person. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** ms since 1970 */
  readonly createdAt: number;
}

export interface Accounts {
  read(accountId: string): Promise<Account | undefined>;
  /**
   * The account of an address that was just proven, made on its first sign-in together with a personal pool of 0
   * credits. Safe to repeat and to run twice at once: all runs work under the ids that the first one fixed.
   * @param email normalised, see `EmailAddress`.
   */
  signIn(email: string): Promise<Account>;
}

export interface AccountsOptions {
  readonly redis: RedisClient;
  readonly pools: Pick<Pools, 'openPersonal'>;
  /** ms since 1970 */
  readonly clock?: () => number;
}

/** The ids that an address has, whether or not anybody has signed in with it yet. */
export const AccountIds = z.object({ accountId: z.string(), poolId: z.string() });
export type AccountIds = z.infer<typeof AccountIds>;

export const StoredAccount = z.object({ email: z.string(), name: z.string(), createdAt: z.coerce.number() });

/**
 * Accounts in Redis: `u:<id>` and the index `em:<SHA-256 of the address>`. The address itself is in `u:` only, so that
 * erasing a person means deleting two keys and leaves no trace in the ledger.
 */
export function createAccounts({ redis, pools, clock = Date.now }: AccountsOptions): Accounts {
  async function read(accountId: string): Promise<Account | undefined> {
    const stored = await repeatUntilKnown(() => redis.hGetAll(accountKey(accountId)));
    return 'email' in stored ? { id: accountId, ...StoredAccount.parse({ ...stored }) } : undefined;
  }

  /** The ids are fixed before anything exists, so a run that dies half-way is completed by the next sign-in. */
  async function fixIds(email: string): Promise<z.infer<typeof AccountIds>> {
    const ids = { accountId: ulid().toLowerCase(), poolId: ulid().toLowerCase() };
    const value = JSON.stringify(ids);
    const earlier = await repeatUntilKnown(() => redis.set(indexKey(email), value, { condition: 'NX', GET: true }));
    return earlier === null ? ids : AccountIds.parse(JSON.parse(earlier));
  }

  return {
    read,
    async signIn(email) {
      const { accountId, poolId } = await fixIds(email);
      const name = email.slice(0, email.lastIndexOf('@'));
      const createdAt = clock();
      await pools.openPersonal({ poolId, accountId });
      const key = accountKey(accountId);
      await repeatUntilKnown(() =>
        redis
          .multi()
          .hSetNX(key, 'name', name)
          .hSetNX(key, 'createdAt', String(createdAt))
          .hSetNX(key, 'email', email)
          .exec(),
      );
      return (await read(accountId)) ?? { id: accountId, email, name, createdAt };
    },
  };
}

/** Where an account is kept. */
export function accountKey(accountId: string): string {
  return `u:${accountId}`;
}

/** Where the ids of an address are kept. */
export function indexKey(email: string): string {
  return `em:${createHash('sha256').update(email).digest('base64url')}`;
}
