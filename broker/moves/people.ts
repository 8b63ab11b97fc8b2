import { ulid } from 'ulid';
import { AccountIds, accountKey, indexKey, StoredAccount } from '../accounts/accounts.ts';
import type { PoolMember } from '../ledger/read-pool.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import type { Person } from './export-file.ts';

/** The people of a pool. Whoever has no account any more is left out. */
export async function readPeople(
  redis: RedisClient,
  poolId: string,
  members: readonly PoolMember[],
): Promise<Person[]> {
  const people = members.map(async ({ memberId: id, role }): Promise<Person[]> => {
    const stored = StoredAccount.safeParse({ ...(await repeatUntilKnown(() => redis.hGetAll(accountKey(id)))) });
    if (!stored.success) return [];
    const { email, name, createdAt } = stored.data;
    const isPersonal = (await readIds(redis, email))?.poolId === poolId;
    return [{ id, role, email, name, createdAt, isPersonal }];
  });
  return (await Promise.all(people)).flat();
}

/**
 * Makes a person's account, under the id that the pool's entries have it by; an address that has one here keeps it. Safe
 * to repeat.
 * @returns the account's id here.
 */
export async function adoptPerson(redis: RedisClient, poolId: string, person: Person): Promise<string> {
  const { id, email, name, createdAt, isPersonal } = person;
  const ids = JSON.stringify({ accountId: id, poolId: isPersonal ? poolId : ulid().toLowerCase() });
  const earlier = await repeatUntilKnown(() => redis.set(indexKey(email), ids, { condition: 'NX', GET: true }));
  const { accountId } = AccountIds.parse(JSON.parse(earlier ?? ids));
  if (accountId === id) {
    const key = accountKey(id);
    await repeatUntilKnown(() =>
      redis
        .multi()
        .hSetNX(key, 'name', name)
        .hSetNX(key, 'createdAt', String(createdAt))
        .hSetNX(key, 'email', email)
        .exec(),
    );
  }
  return accountId;
}

async function readIds(redis: RedisClient, email: string): Promise<AccountIds | null> {
  const kept = await repeatUntilKnown(() => redis.get(indexKey(email)));
  return kept === null ? null : AccountIds.parse(JSON.parse(kept));
}
