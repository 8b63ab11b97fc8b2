import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { createDiskArchive } from '../archive/disk-archive.ts';
import { createSeal } from '../archive/seal.ts';
import { carryOn } from '../archive/test-archive.ts';
import { loadKeys } from '../auth/keys.ts';
import { createLedger } from '../ledger/index.ts';
import { createPools } from '../pools/pools.ts';
import { connectRedis } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';

export type MovingBroker = Awaited<ReturnType<typeof startMovingBroker>>;

/** A broker on a Redis of its own: two of them have nothing in common. */
export async function startMovingBroker(issuer: string) {
  const server = await startTestRedis();
  const redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
  const root = await mkdtemp(join(tmpdir(), 'inkpot-move-'));
  afterAll(async () => {
    redis.destroy();
    await server.stop();
    await rm(root, { recursive: true, force: true });
  });
  const ledger = createLedger(redis);
  const pools = createPools({ redis, ledger });
  const accounts = createAccounts({ redis, pools });
  const seal = await createSeal((await loadKeys(redis)).jwks.keys);
  return { redis, ledger, pools, accounts, seal, store: createDiskArchive(root), issuer, clock: Date.now };
}

let people = 0;

/** Somebody at a broker who has bought 1,000 credits by payment `pi_1`, was given 5, and has spent 0.1 of them. */
export async function aPool(broker: MovingBroker) {
  const account = await broker.accounts.signIn(`person-${++people}@example.com`);
  const [pool] = await broker.pools.list(account.id);
  if (!pool) throw new Error('a new account has a pool');
  const here = { poolId: pool.id, memberId: account.id };
  const paid = { paymentId: 'pi_1', amount: millicredits(1_000_000), origin: 'paid', reference: 'cs' } as const;
  const gift = { paymentId: 'gift_1', amount: millicredits(5_000), origin: 'gift', reference: 'fair' } as const;
  for (const payment of [paid, gift]) await broker.ledger.topup({ ...here, ...payment, actor: 'checkout' });
  await carryOn(broker.ledger, here, 20);
  return { ...here, email: account.email };
}
