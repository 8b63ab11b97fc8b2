import { z } from 'zod';
import { Amount } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** A transfer as it was asked for: all that is needed to carry it out. */
const TransferRecord = z.object({
  /** Also the id of the hold at its source, and of the credits at its target. */
  id: z.string(),
  from: z.string(),
  to: z.string(),
  amount: Amount,
  /** The member of the source who moves them. */
  accountId: z.string(),
  /** ms since 1970 */
  begunAt: z.number(),
});
export type TransferRecord = z.infer<typeof TransferRecord>;

/** The list of those under way shares no slot with the records: it is written before them and cleared after them. */
const UNDER_WAY = 'transfers';

/** How long the record of one that has ended is kept, in ms: longer than its request may be repeated. */
const KEPT_MS = 35 * 24 * 3_600_000;

export type TransferRecords = ReturnType<typeof createTransferRecords>;

/** The transfers in Redis: `transfer:{id}`, and which of them are under way. */
export function createTransferRecords(redis: RedisClient) {
  const keyOf = (id: string) => `transfer:{${id}}`;
  return {
    async read(id: string): Promise<TransferRecord | null> {
      const text = await repeatUntilKnown(() => redis.get(keyOf(id)));
      return text === null ? null : TransferRecord.parse(JSON.parse(text));
    },

    /** From here on it will be carried out or refused, whoever dies. */
    async begin(record: TransferRecord): Promise<void> {
      const listed = { score: record.begunAt, value: record.id };
      await repeatUntilKnown(() => redis.zAdd(UNDER_WAY, listed, { condition: 'NX' }));
      await repeatUntilKnown(() => redis.set(keyOf(record.id), JSON.stringify(record), { condition: 'NX' }));
    },

    /** Says that nothing is left to do about it. */
    async end(id: string): Promise<void> {
      await repeatUntilKnown(() => redis.pExpire(keyOf(id), KEPT_MS));
      await repeatUntilKnown(() => redis.zRem(UNDER_WAY, id));
    },

    /** Those that began before `begunBefore` (ms since 1970) and have not ended, oldest first. */
    async listUnderWay(begunBefore: number): Promise<{ id: string; begunAt: number }[]> {
      const listed = await repeatUntilKnown(() => redis.zRangeWithScores(UNDER_WAY, 0, -1));
      return listed
        .filter(({ score }) => score < begunBefore)
        .map(({ value, score }) => ({ id: value, begunAt: score }));
    },
  };
}
