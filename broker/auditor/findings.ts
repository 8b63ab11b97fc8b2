import { z } from 'zod';
import type { Violation } from '../ledger/fold.ts';
import { poolKeys } from '../ledger/keys.ts';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

const Finding = z.object({
  id: z.string(),
  /** ms since 1970, as are the others. */
  foundAt: z.number(),
  violations: z.array(z.object({ invariant: z.string(), detail: z.string() })),
  /** The pool and its newest entries as Redis had them, before anything was done about it. */
  pool: z.record(z.string(), z.string()),
  entries: z.array(z.object({ id: z.string(), message: z.record(z.string(), z.string()) })),
  /** When the operator was called. */
  alarmedAt: z.number().optional(),
  /** When the pool was found sound again. */
  soundAt: z.number().optional(),
});

/** What was found wrong with a pool, and the evidence for it. */
export type Finding = z.infer<typeof Finding>;

/** The most that is kept of a broken pool: enough to see what happened. */
const MOST_VIOLATIONS = 50;
const MOST_ENTRIES = 20;

export type Findings = ReturnType<typeof createFindings>;

/** The newest finding of each pool, `audit:{P}`, in the pool's own slot. It has no end of its own. */
export function createFindings(redis: RedisClient) {
  const keyOf = (poolId: string) => `audit:${poolKeys(poolId).pool.slice('w:'.length)}`;

  async function write(poolId: string, finding: Finding): Promise<Finding> {
    await repeatUntilKnown(() => redis.set(keyOf(poolId), JSON.stringify(finding)));
    return finding;
  }

  return {
    async read(poolId: string): Promise<Finding | null> {
      const text = await repeatUntilKnown(() => redis.get(keyOf(poolId)));
      return text === null ? null : Finding.parse(JSON.parse(text));
    },

    /** Keeps what was found, with what is there now. */
    async open(poolId: string, id: string, foundAt: number, violations: readonly Violation[]): Promise<Finding> {
      const keys = poolKeys(poolId);
      const [pool, entries] = await Promise.all([
        // Of what is no hash or no stream, the violations tell.
        redis.hGetAll(keys.pool).catch(() => ({})),
        redis.xRevRange(keys.log, '+', '-', { COUNT: MOST_ENTRIES }).catch(() => []),
      ]);
      return write(poolId, {
        id,
        foundAt,
        violations: violations.slice(0, MOST_VIOLATIONS),
        pool: { ...pool },
        entries: (entries ?? []).map((entry) => ({ id: entry.id, message: { ...entry.message } })),
      });
    },

    write,
  };
}
