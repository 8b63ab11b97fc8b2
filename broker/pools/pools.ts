import type { Entry, EntryPage, Pool } from '../../shared/api/pools.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger, LedgerEntry, PoolBalance } from '../ledger/index.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** The pools of a person, each as this person sees it. A pool that one is no member of does not exist: `not_found`. */
export interface Pools {
  /** Opens a person's own pool, with no credits. Safe to repeat. */
  openPersonal(ids: { readonly poolId: string; readonly accountId: string }): Promise<void>;
  list(accountId: string): Promise<Pool[]>;
  /** @throws InkpotError `not_found` */
  read(accountId: string, poolId: string): Promise<Pool>;
  /**
   * @param page `before` is the `next` of the page before; `limit` is a number of entries.
   * @throws InkpotError `not_found`
   */
  listEntries(accountId: string, poolId: string, page: EntriesRequest): Promise<EntryPage>;
}

interface EntriesRequest {
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface PoolsOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'openPool' | 'readPool' | 'readMember' | 'listEntries'>;
}

/** Ids that can name a pool: whatever else a caller sends is as unknown as a pool that does not exist. */
const POOL_ID = /^[0-9a-z]{1,64}$/;

/**
 * Pools as people see them. Who is a member, and with which role, is the ledger's to know (`m:{P}:<account>`);
 * `up:<account>` lists where to look, and `pi:{P}` keeps the name.
 */
export function createPools({ redis, ledger }: PoolsOptions): Pools {
  async function find(accountId: string, poolId: string): Promise<Pool | undefined> {
    if (!POOL_ID.test(poolId)) return undefined;
    const [member, balance, name] = await Promise.all([
      ledger.readMember(poolId, accountId),
      ledger.readPool(poolId),
      repeatUntilKnown(() => redis.hGet(infoKey(poolId), 'name')),
    ]);
    if (!member || !balance) return undefined;
    return {
      id: poolId,
      name: name ?? PERSONAL,
      status: balance.status,
      role: member.role,
      balance: toBalance(balance),
    };
  }

  async function read(accountId: string, poolId: string): Promise<Pool> {
    const pool = await find(accountId, poolId);
    if (!pool) throw new InkpotError('not_found', { detail: 'There is no such pool, or you are not in it.' });
    return pool;
  }

  return {
    read,
    async openPersonal({ poolId, accountId }) {
      const { code } = await ledger.openPool({ poolId, ownerId: accountId, actor: accountId });
      if (code === 'CONFLICT') throw new InkpotError('internal', { cause: `pool ${poolId} has another owner` });
      await repeatUntilKnown(() => redis.hSetNX(infoKey(poolId), 'name', PERSONAL));
      await listPoolFor(redis, accountId, poolId);
    },
    async list(accountId) {
      const ids = await repeatUntilKnown(() => redis.sMembers(poolsKey(accountId)));
      // ULIDs sort by the time they were made, so a person's own pool is first.
      const pools = await Promise.all([...ids].sort().map((poolId) => find(accountId, poolId)));
      return pools.filter((pool) => pool !== undefined);
    },
    async listEntries(accountId, poolId, { before, limit }) {
      await read(accountId, poolId);
      const page = before === undefined ? { limit } : { before, limit };
      const entries = await ledger.listEntries(poolId, page);
      const last = entries.at(-1);
      return { entries: entries.map(toEntry), next: last && last.seq > 1 ? last.seq : null };
    },
  };
}

const PERSONAL = 'Personal';

/** Shows a pool among those of a person; whether the person is a member, the ledger says. */
export async function listPoolFor(redis: RedisClient, accountId: string, poolId: string): Promise<void> {
  await repeatUntilKnown(() => redis.sAdd(poolsKey(accountId), poolId));
}

function poolsKey(accountId: string): string {
  return `up:${accountId}`;
}

function infoKey(poolId: string): string {
  return `pi:{${poolId}}`;
}

function toBalance({ available, paid, gift, held }: PoolBalance) {
  return { available, paid, gift, held };
}

/** What members may see of an entry: not the request's hash, nor the chain's. */
function toEntry({ seq, kind, operationId, amount, split, before, after, actor, reference, time }: LedgerEntry): Entry {
  return {
    seq,
    kind,
    operation: operationId,
    amount,
    split,
    before,
    after,
    actor,
    reference,
    time: new Date(time).toISOString(),
  };
}
