import { z } from 'zod';
import type { ArchiveStore } from './archive-store.ts';
import { openSeal, type Seal, SealBrokenError } from './seal.ts';
import { SegmentName } from './segment.ts';

/** How far a pool had come when it was last looked at, signed and kept where the loss of Redis does not reach. */
export const Mark = z.object({
  pool: z.string(),
  /** The last entry that is in the archive; null for none. */
  archived: z
    .object({
      seq: z.int().positive(),
      /** Where the ledger's chain stood, and that of the files. */
      head: z.string(),
      chain: z.string(),
      /** The segment that it ends. */
      segment: SegmentName,
    })
    .nullable(),
  /** The last entry of all that was there. A ledger that does not have it any more has lost history. */
  seen: z.object({ seq: z.int().positive(), head: z.string() }),
  /** Losses that an operator has settled, the newest last; `seen` is what was there before each. */
  accepted: z
    .array(z.object({ seen: z.object({ seq: z.int(), head: z.string() }), actor: z.string(), why: z.string() }))
    .default([]),
});
export type Mark = z.infer<typeof Mark>;

const FOLDER = 'marks';

/** The pools that have a mark. */
export async function listMarked(store: ArchiveStore): Promise<string[]> {
  const pools: string[] = [];
  for await (const pool of store.list(FOLDER)) pools.push(pool);
  return pools;
}

/**
 * A pool's mark; null when it has none.
 * @throws SealBrokenError when it is not ours.
 */
export async function readMark(store: ArchiveStore, seal: Pick<Seal, 'open'>, poolId: string): Promise<Mark | null> {
  const kept = await store.get(nameOf(poolId));
  return kept ? parse(poolId, await seal.open('mark', Buffer.from(kept).toString())) : null;
}

/**
 * A pool's mark, whoever signed it.
 * @throws SealBrokenError when there is none, or its signature does not hold.
 */
export async function openMark(store: ArchiveStore, poolId: string): Promise<{ mark: Mark; signer: string }> {
  const kept = await store.get(nameOf(poolId));
  if (!kept) throw new SealBrokenError(`pool ${poolId} has no mark`);
  const { facts, signer } = await openSeal('mark', Buffer.from(kept).toString());
  return { mark: parse(poolId, facts), signer };
}

export async function writeMark(store: ArchiveStore, seal: Pick<Seal, 'sign'>, mark: Mark): Promise<void> {
  await store.put(nameOf(mark.pool), Buffer.from(await seal.sign('mark', mark)));
}

function parse(poolId: string, facts: unknown): Mark {
  const mark = Mark.safeParse(facts);
  if (mark.success && mark.data.pool === poolId) return mark.data;
  throw new SealBrokenError(`what was signed is no mark of pool ${poolId}`);
}

function nameOf(poolId: string): string {
  return `${FOLDER}/${poolId}`;
}
