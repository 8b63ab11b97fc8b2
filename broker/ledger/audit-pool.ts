import { ErrorReply } from 'redis';
import { ZodError } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { comparePool } from './compare-pool.ts';
import type { EntryKind } from './entries.ts';
import { addEntries, type Fold, foldEntries, type Report, type Violation } from './fold.ts';
import type { GenerationRecord } from './generation-record.ts';
import { poolKeys } from './keys.ts';
import { readSnapshot, SNAPSHOT_ENTRIES } from './pool-snapshot.ts';
import { readGeneration } from './read-generations.ts';

export interface AuditOptions {
  /** The provider's job of a generation, to be found once only (I7); null when it has none that could be told apart. */
  readonly jobOf?: (record: GenerationRecord) => string | null;
  /** Waited for between two portions of the work, each of a few milliseconds. */
  readonly rest?: () => Promise<void>;
}

/** How often an audit begins anew because entries were archived in the middle of it. */
const MOST_TRIES = 20;

/**
 * Recomputes a pool from its entries and compares: conservation (I1), held against open holds, members, tags and the
 * due set (I2), gaps, balances and the hash chain (I3), holds that ended twice (I4), caps at the moment of each hold
 * (I5), credits, clawbacks and blocks by payment (I6), provider jobs that were captured twice (I7), entries that nobody made (I8).
 * Of a log that was trimmed, what the rest of it can tell.
 *
 * The entries are read in pages, and what they are compared with in one step at the end: so it may be asked of a pool
 * at any time, whatever happens to it meanwhile.
 *
 * @returns every violation found; none when the pool is sound.
 * @throws InkpotError `internal` for what is no id of a pool.
 */
export async function auditPool(
  redis: RedisClient,
  poolId: string,
  { jobOf = () => null, rest = async () => undefined }: AuditOptions = {},
): Promise<Violation[]> {
  const { pool } = poolKeys(poolId);
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const violations: Violation[] = [];
    const report: Report = (invariant, broken, detail) => {
      if (broken) violations.push({ invariant, detail });
    };
    try {
      const [status, archived] = await redis.hmGet(pool, ['status', 'archived']);
      if (status === null || status === undefined) return [{ invariant: 'I3', detail: 'there is no such pool' }];
      const fold = await foldAndCompare(redis, poolId, archived ?? '', report, rest);
      if (!fold) continue;
      await compareEnds(redis, poolId, fold, jobOf, report, rest);
    } catch (error) {
      report('I3', true, unreadable(error));
    }
    return violations;
  }
  throw new InkpotError('broker_busy', { cause: `the log of ${poolId} is trimmed all the time` });
}

/** Nothing that is stored may stop an audit: what cannot be read is a finding. */
function unreadable(error: unknown): string {
  if (error instanceof ZodError) return `something stored cannot be read: ${error.issues[0]?.message}`;
  if (error instanceof InkpotError && error.code === 'internal') return 'an id is stored that none can be';
  if (error instanceof ErrorReply && error.message.startsWith('WRONGTYPE')) return 'a key has a wrong type';
  throw error;
}

/** @returns null when the log was trimmed meanwhile, which makes what was reported worthless. */
async function foldAndCompare(
  redis: RedisClient,
  poolId: string,
  archived: string,
  report: Report,
  rest: () => Promise<void>,
): Promise<Fold | null> {
  const fold = await foldEntries(redis, poolKeys(poolId).log, Number(archived), report, rest);
  for (;;) {
    await rest();
    const known = [...fold.payments.all.keys()];
    const snapshot = await readSnapshot(redis, poolId, fold.seq, known);
    if ((snapshot.pool.archived ?? '') !== archived) return null;
    addEntries(fold, snapshot.entries, report);
    // It tells of all payments only if none has come since they were named.
    const isWhole = snapshot.entries.length < SNAPSHOT_ENTRIES && fold.payments.all.size === known.length;
    if (!isWhole) continue;
    comparePool(poolId, snapshot, fold, report);
    return fold;
  }
}

const ENDS: Readonly<Partial<Record<EntryKind, string>>> = {
  capture: 'captured',
  release: 'released',
  expire: 'expired',
};

/** So many records are read at once. */
const BATCH = 50;

/** The records of holds that have ended. They do not change any more, so they may be read one after the other. */
async function compareEnds(
  redis: RedisClient,
  poolId: string,
  fold: Fold,
  jobOf: NonNullable<AuditOptions['jobOf']>,
  report: Report,
  rest: () => Promise<void>,
): Promise<void> {
  const captured = new Map<string, string>();
  const ended = [...fold.ended];
  for (let at = 0; at < ended.length; at += BATCH) {
    await Promise.all(
      ended.slice(at, at + BATCH).map(async ([id, kind]) => {
        const record = await readGeneration(redis, poolId, id);
        if (!record) return;
        report('I4', record.hold !== ENDS[kind], `${id} ended by ${kind}, its record says ${record.hold}`);
        const job = kind === 'capture' ? jobOf(record) : null;
        if (job === null) return;
        const other = captured.get(job);
        report('I7', other !== undefined, `${id} and ${other} were captured for one provider job`);
        captured.set(job, id);
      }),
    );
    await rest();
  }
}
