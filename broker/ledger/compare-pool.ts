import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { millicredits } from '../../shared/credits.ts';
import { type PoolBalance, StoredInteger, StoredPool } from './balance.ts';
import { CapPeriod } from './cap.ts';
import type { Fold, FoldedHold, Report } from './fold.ts';
import { blockedOf } from './fold-payments.ts';
import { type GenerationRecord, parseGeneration } from './generation-record.ts';
import type { PoolSnapshot } from './pool-snapshot.ts';
import { NO_TALLY, StoredTally, type Tally } from './tally.ts';

/** Compares what a pool has with what its entries say, both up to the same entry, and reports what differs. */
export function comparePool(poolId: string, snapshot: PoolSnapshot, fold: Fold, report: Report): void {
  const pool = StoredPool.parse(snapshot.pool);
  compareBalances(pool, fold, report);
  report('I3', snapshot.pool.head !== fold.head, 'the chain does not end in the head');
  compareHolds(poolId, pool, snapshot, fold, report);
  comparePayments(pool, snapshot, fold, report);
  for (const [id, stored] of snapshot.members) {
    const folded = { ...(fold.members.get(id) ?? NO_TALLY), ...heldBy(fold, ({ memberId }) => memberId === id) };
    compareTally(`member ${id}`, stored, folded, fold.whole, report);
  }
  for (const [name, stored] of snapshot.budgets) {
    const folded = { ...(fold.budgets.get(name) ?? NO_TALLY), ...heldBy(fold, ({ tag }) => tag === name) };
    compareTally(`tag ${name}`, stored, folded, fold.whole, report);
  }
  const strangers = [...fold.members.keys()].filter((id) => !snapshot.members.has(id));
  report('I2', strangers.length > 0, `has entries and is no member: ${strangers.join(', ')}`);
  const unlisted = [...fold.budgets.keys()].filter((name) => !snapshot.budgets.has(name));
  report('I2', unlisted.length > 0, `has entries and is no tag of the pool: ${unlisted.join(', ')}`);
}

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

function compareHolds(poolId: string, pool: PoolBalance, { holds }: PoolSnapshot, fold: Fold, report: Report): void {
  const records = new Map<string, GenerationRecord | null>();
  for (const [id, stored] of holds) records.set(id, readRecord(poolId, id, stored));
  if (!fold.whole) addArchivedHolds(records, fold);
  const missing = [...fold.open.keys()].filter((id) => !holds.has(id));
  report('I2', missing.length > 0, `open but not in the due set: ${missing.join(', ')}`);
  report('I2', holds.size !== fold.open.size, `${holds.size} in the due set, ${fold.open.size} open`);
  report('I2', pool.openHolds !== fold.open.size, `the pool counts ${pool.openHolds} open, ${fold.open.size} are`);
  const { held } = heldBy(fold, () => true);
  report('I2', pool.held !== held, `held is ${pool.held}, the open holds ${held}`);
  for (const [id, split] of fold.open) {
    const record = records.get(id);
    report('I2', record === null, `the record of ${id}, an open hold, cannot be read`);
    const differs = record && !isHolding(record, split);
    report('I2', Boolean(differs), `${id} is open in the entries, its record disagrees`);
  }
}

/** null for what is no record. */
function readRecord(poolId: string, id: string, stored: Readonly<Record<string, string>>): GenerationRecord | null {
  try {
    return parseGeneration(poolId, id, stored);
  } catch (error) {
    if (error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Holds that began in the archive and are still open: their records tell what they are. */
function addArchivedHolds(records: ReadonlyMap<string, GenerationRecord | null>, fold: Fold): void {
  for (const [id, record] of records) {
    if (!record || fold.open.has(id) || fold.ended.has(id)) continue;
    fold.open.set(id, { ...record.split, memberId: record.memberId, tag: record.tag });
  }
}

function heldBy(fold: Fold, whose: (hold: FoldedHold) => boolean): Pick<Tally, 'held' | 'open'> {
  const holds = [...fold.open.values()].filter(whose);
  const held = holds.reduce((total, { gift, paid }) => total + gift + paid, 0);
  return { held: millicredits(held), open: holds.length };
}

function isHolding(record: GenerationRecord, split: FoldedHold): boolean {
  return record.hold === 'held' && record.split.gift === split.gift && record.split.paid === split.paid;
}

const StoredPayment = z.object({
  credited: StoredInteger.prefault('0'),
  back: StoredInteger.prefault('0'),
  blocked: StoredInteger.prefault('0'),
  disputes: StoredInteger.prefault('0'),
});

function comparePayments(pool: PoolBalance, { payments, aside }: PoolSnapshot, fold: Fold, report: Report): void {
  const stored = [...fold.payments.all].map(([id, folded]) => {
    return { id, folded, payment: StoredPayment.parse(payments.get(id) ?? {}) };
  });
  // What was taken back or blocked before that was kept by payment is not there: blocks were not exact then.
  const isKept = stored.every(({ folded: { upto }, payment: { back, blocked } }) => {
    return upto === null || back + blocked === 0 || aside[upto] !== undefined;
  });
  let sum = 0;
  for (const { id, folded, payment } of stored) {
    const { credited, back, upto } = folded;
    report('I6', payment.credited !== credited, `${id} was credited ${payment.credited}, the entries say ${credited}`);
    report('I6', payment.back !== back, `${payment.back} of ${id} were taken back, the entries say ${back}`);
    const most = payment.disputes > 0 ? credited - back : 0;
    report('I6', payment.blocked > most, `${payment.blocked} of ${id} are blocked, of at most ${most}`);
    sum += payment.blocked;
    if (!fold.whole || upto === null || !isKept) continue;
    const blocked = blockedOf(folded);
    report('I6', payment.blocked !== blocked, `${payment.blocked} of ${id} are blocked, the entries say ${blocked}`);
    const beside = Number(aside[upto] ?? 0);
    report('I6', beside !== back + blocked, `${beside} of ${id} are set aside, the entries say ${back + blocked}`);
  }
  const known = new Set(stored.map(({ folded: { upto } }) => String(upto)));
  const strangers = Object.keys(aside).filter((upto) => fold.whole && !known.has(upto));
  report('I6', strangers.length > 0, `set aside of no payment: up to ${strangers.join(', ')}`);
  const differs = fold.whole ? pool.blocked !== sum : pool.blocked < sum;
  report('I6', differs, `the pool blocks ${pool.blocked}, its payments ${sum}`);
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
