import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { type PoolBalance, StoredInteger } from './balance.ts';
import { CapPeriod } from './cap.ts';
import type { EntryKind } from './entries.ts';
import { type Fold, foldEntries, type Report, type Violation } from './fold.ts';
import type { GenerationRecord } from './generation-record.ts';
import { poolKeys } from './keys.ts';
import { readGeneration } from './read-generations.ts';
import { readPool } from './read-pool.ts';
import { NO_TALLY, StoredTally, type Tally } from './tally.ts';

/**
 * Recomputes a pool from its entries and compares: conservation (I1), held against open holds, members, tags and the
 * due set (I2), gaps, balances and the hash chain (I3), holds that ended twice (I4), caps at the moment of each hold
 * (I5), credits and clawbacks by payment (I6). Of a log that was trimmed, what the rest of it can tell. Reads in pages; the pool must be at rest, or an operation between two reads shows up as a violation.
 *
 * @returns every violation found; none when the pool is sound.
 */
export async function auditPool(redis: RedisClient, poolId: string): Promise<Violation[]> {
  const violations: Violation[] = [];
  const report: Report = (invariant, broken, detail) => {
    if (broken) violations.push({ invariant, detail });
  };
  const keys = poolKeys(poolId);
  const pool = await readPool(redis, poolId);
  if (!pool) return [{ invariant: 'I3', detail: 'there is no such pool' }];

  const fold = await foldEntries(redis, keys.log, Number(await redis.hGet(keys.pool, 'archived')), report);
  compareBalances(pool, fold, report);
  report('I3', (await redis.hGet(keys.pool, 'head')) !== fold.head, 'the chain does not end in the head');
  await compareHolds(redis, poolId, pool, fold, report);

  await comparePayments(redis, poolId, pool, fold, report);

  for (const id of await redis.zRange(keys.members, 0, -1)) {
    const folded = { ...(fold.members.get(id) ?? NO_TALLY), ...heldBy(fold, ({ memberId }) => memberId === id) };
    compareTally(`member ${id}`, await redis.hGetAll(keys.member(id)), folded, fold.whole, report);
  }
  for (const name of await redis.zRange(keys.budgets, 0, -1)) {
    const folded = { ...(fold.budgets.get(name) ?? NO_TALLY), ...heldBy(fold, ({ tag }) => tag === name) };
    compareTally(`tag ${name}`, await redis.hGetAll(keys.budget(name)), folded, fold.whole, report);
  }
  return violations;
}

const ENDS: Readonly<Partial<Record<EntryKind, string>>> = {
  capture: 'captured',
  release: 'released',
  expire: 'expired',
};

function compareBalances(pool: PoolBalance, fold: Fold, report: Report): void {
  for (const field of ['paid', 'gift', 'held', 'in', 'spent', 'out'] as const) {
    const known = fold.whole || field === 'paid' || field === 'gift' || field === 'held';
    const differs = known ? pool[field] !== fold[field] : pool[field] < fold[field];
    report('I3', differs, `${field} is ${pool[field]}, the entries say ${fold[field]}`);
  }
  report('I3', pool.seq !== fold.seq, `seq is ${pool.seq}, the last entry is ${fold.seq}`);
  const status = fold.frozen === null ? pool.status : fold.frozen ? 'frozen' : 'active';
  report('I3', pool.status !== status, `the pool is ${pool.status}, the entries say ${status}`);
  report('I1', pool.held < 0, `held is ${pool.held}`);
  const has = pool.paid + pool.gift + pool.held;
  report('I1', pool.in - pool.out - pool.spent !== has, `in − out − spent is not paid + gift + held (${has})`);
}

async function compareHolds(redis: RedisClient, poolId: string, pool: PoolBalance, fold: Fold, report: Report) {
  const due = await redis.zRange(poolKeys(poolId).due, 0, -1);
  if (!fold.whole) await addArchivedHolds(redis, poolId, due, fold);
  const missing = [...fold.open.keys()].filter((id) => !due.includes(id));
  report('I2', missing.length > 0, `open but not in the due set: ${missing.join(', ')}`);
  report('I2', due.length !== fold.open.size, `${due.length} in the due set, ${fold.open.size} open`);
  report('I2', pool.openHolds !== fold.open.size, `the pool counts ${pool.openHolds} open, ${fold.open.size} are`);
  const { held } = heldBy(fold, () => true);
  report('I2', pool.held !== held, `held is ${pool.held}, the open holds ${held}`);
  for (const [id, split] of fold.open) {
    const record = await readGeneration(redis, poolId, id);
    report('I2', !isHolding(record, split), `${id} is open in the entries, its record disagrees`);
  }
  for (const [id, kind] of fold.ended) {
    const record = await readGeneration(redis, poolId, id);
    const differs = record !== null && record.hold !== ENDS[kind];
    report('I4', differs, `${id} ended by ${kind}, its record says ${record?.hold}`);
  }
}

/** Holds that began in the archive and are still open: their records tell what they are. */
async function addArchivedHolds(redis: RedisClient, poolId: string, due: readonly string[], fold: Fold) {
  for (const id of due.filter((open) => !fold.open.has(open) && !fold.ended.has(open))) {
    const record = await readGeneration(redis, poolId, id);
    if (record) fold.open.set(id, { ...record.split, memberId: record.memberId, tag: record.tag });
  }
}

function heldBy(fold: Fold, whose: (hold: { memberId: string; tag: string }) => boolean): Pick<Tally, 'held' | 'open'> {
  const holds = [...fold.open.values()].filter(whose);
  const held = holds.reduce((total, { gift, paid }) => total + gift + paid, 0);
  return { held: millicredits(held), open: holds.length };
}

const StoredPayment = z.object({
  credited: StoredInteger.prefault('0'),
  back: StoredInteger.prefault('0'),
  blocked: StoredInteger.prefault('0'),
  disputes: StoredInteger.prefault('0'),
});

async function comparePayments(redis: RedisClient, poolId: string, pool: PoolBalance, fold: Fold, report: Report) {
  let blocked = 0;
  for (const [id, { credited, back }] of fold.payments) {
    const payment = StoredPayment.parse(await redis.hGetAll(poolKeys(poolId).payment(id)));
    report('I6', payment.credited !== credited, `${id} was credited ${payment.credited}, the entries say ${credited}`);
    report('I6', payment.back !== back, `${payment.back} of ${id} were taken back, the entries say ${back}`);
    const most = payment.disputes > 0 ? credited - back : 0;
    report('I6', payment.blocked > most, `${payment.blocked} of ${id} are blocked, of at most ${most}`);
    blocked += payment.blocked;
  }
  const differs = fold.whole ? pool.blocked !== blocked : pool.blocked < blocked;
  report('I6', differs, `the pool blocks ${pool.blocked}, its payments ${blocked}`);
}

function compareTally(
  who: string,
  stored: Readonly<Record<string, string>>,
  folded: Tally,
  whole: boolean,
  report: Report,
): void {
  const tally = StoredTally.parse(stored);
  report('I2', tally.held !== folded.held, `${who} holds ${tally.held}, the entries say ${folded.held}`);
  report('I2', tally.open !== folded.open, `${who} has ${tally.open} holds, the entries say ${folded.open}`);
  const less = CapPeriod.options.some((period) => tally.used[period] < folded.used[period]);
  const differs = whole ? !isDeepStrictEqual({ ...tally, held: folded.held, open: folded.open }, folded) : less;
  report('I3', differs, `the use or the cap of ${who} is not what the entries say`);
}

function isHolding(record: GenerationRecord | null, split: { gift: number; paid: number }): boolean {
  return record?.hold === 'held' && record.split.gift === split.gift && record.split.paid === split.paid;
}
