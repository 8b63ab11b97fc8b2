import { z } from 'zod';
import type { ArchiveStore } from './archive-store.ts';
import type { Seal } from './seal.ts';
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
  const kept = await store.get(`${FOLDER}/${poolId}`);
  if (!kept) return null;
  const mark = Mark.parse(await seal.open('mark', Buffer.from(kept).toString()));
  if (mark.pool !== poolId) throw new Error(`the mark of pool ${poolId} is that of pool ${mark.pool}`);
  return mark;
}

export async function writeMark(store: ArchiveStore, seal: Pick<Seal, 'sign'>, mark: Mark): Promise<void> {
  await store.put(`${FOLDER}/${mark.pool}`, Buffer.from(await seal.sign('mark', mark)));
}
