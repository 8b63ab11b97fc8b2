import { InkpotError } from '../../shared/errors.ts';
import { readChain } from '../ledger/read-log.ts';
import type { RedisClient } from '../redis/connect.ts';
import { findLoss, hashOf } from './archive-pool.ts';
import type { ArchiveStore } from './archive-store.ts';
import { readMark, writeMark } from './mark.ts';
import type { Seal } from './seal.ts';

export interface AcceptLossOptions {
  readonly redis: RedisClient;
  readonly store: ArchiveStore;
  readonly seal: Seal;
}

/**
 * Why a pool is taken to have lost history, in words.
 * @throws InkpotError `conflict` when it has not, or when what it lost is in the archive: then Redis must be restored.
 */
export async function describeLoss({ redis, store, seal }: AcceptLossOptions, poolId: string): Promise<string> {
  const mark = await readMark(store, seal, poolId);
  const chain = await readChain(redis, poolId);
  if (!chain) throw new InkpotError('not_found', { detail: `Redis does not know pool ${poolId}: restore it` });
  const why = mark && (await findLoss(redis, poolId, chain, mark));
  if (!why) throw new InkpotError('conflict', { detail: `Pool ${poolId} has lost nothing` });
  const { archived } = mark;
  if (archived && (await hashOf(redis, poolId, archived.seq)) !== archived.head) {
    const detail = `Pool ${poolId} lost entries that are in the archive: restore Redis from a backup that has entry ${archived.seq}`;
    throw new InkpotError('conflict', { detail });
  }
  return why;
}

/**
 * Goes on from what a pool has now, although it once had more. The mark keeps what was there, who settled it and why. It
 * does not thaw the pool.
 * @throws as {@link describeLoss} does.
 */
export async function acceptLoss(
  options: AcceptLossOptions,
  poolId: string,
  { actor, why }: { readonly actor: string; readonly why: string },
): Promise<string> {
  const { redis, store, seal } = options;
  const loss = await describeLoss(options, poolId);
  const [mark, chain] = [await readMark(store, seal, poolId), await readChain(redis, poolId)];
  if (!mark || !chain) throw new InkpotError('conflict');
  const seen = { seq: chain.seq, head: chain.head };
  const accepted = [...mark.accepted, { seen: mark.seen, actor, why }];
  await writeMark(store, seal, { ...mark, seen, accepted });
  return loss;
}
