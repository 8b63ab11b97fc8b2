import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { MAX_AMOUNT, millicredits } from '../../../shared/credits.ts';
import { createLedger, type Hold, type Ledger } from '../../ledger/index.ts';
import { connectRedis, type RedisClient } from '../../redis/connect.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../redis/embedded.ts';
import { quiet } from '../../redis/test-redis.ts';

/** A ledger on a Redis of its own, with `appendfsync always`, on the disk that this checkout lies on. */
export interface Scene {
  readonly server: EmbeddedRedis;
  readonly redis: RedisClient;
  readonly ledger: Ledger;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  await mkdir('.cache', { recursive: true });
  const dataDir = await mkdtemp(join('.cache', 'bench-redis-'));
  const server = await startEmbeddedRedis({ dataDir, logger: quiet });
  const redis = await connectRedis({ url: server.url, name: 'bench', logger: quiet });
  return {
    server,
    redis,
    ledger: createLedger(redis),
    async close() {
      // The connection goes last: the server alone would not keep this process until it has ended.
      await server.stop();
      redis.destroy();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** The owner of every pool here. */
export const MEMBER = newId();

/** A pool with an owner and one payment, of as much as one may be. */
export async function openRichPool(ledger: Ledger): Promise<string> {
  const poolId = newId();
  await ledger.openPool({ poolId, ownerId: MEMBER, actor: MEMBER });
  await ledger.topup({
    poolId,
    paymentId: 'pi_3QpXyZ2eZvKYlo2C1a2b3c4d',
    amount: millicredits(MAX_AMOUNT),
    origin: 'paid',
    reference: newId(),
    actor: 'checkout',
    memberId: MEMBER,
  });
  return poolId;
}

/** As the broker makes those of pools, accounts and generations. */
function newId(): string {
  return ulid().toLowerCase();
}

/** What a generation of a sketch writes into its record. */
const RECORD = {
  modelId: 'sketch',
  modelName: 'Sketch',
  licence: 'Yours to use, for any purpose.',
  authorName: 'Ada',
  route: JSON.stringify({ provider: 'sketch', path: 'sketch', price: { per: 'image', usd: 0.04 } }),
  settings: JSON.stringify({
    prompt: 'a lighthouse at dusk',
    size: { kind: 'pixels', width: 1024, height: 1024 },
    count: 1,
  }),
  size: JSON.stringify({ width: 1024, height: 1024 }),
  seed: '1234567890',
};

/** A hold as the broker makes them. */
export function sketchHold(poolId: string, generationId: string): Hold {
  return {
    poolId,
    generationId,
    memberId: MEMBER,
    ceiling: millicredits(100),
    ttlMs: 30 * 60_000,
    maxOpenHolds: 1_000_000_000,
    maxMemberHolds: 1_000_000_000,
    requestHash: 'yJ8cX2bq0lYdM0nS3m0eW4pX8uQ6rT9vB1kZ5aC7dE4',
    record: RECORD,
  };
}
