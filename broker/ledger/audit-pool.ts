import type { RedisClient } from '../redis/connect.ts';
import type { PoolBalance } from './balance.ts';
import { type EntryKind, type Funds, StoredEntry, sealEntry, seqOf } from './entries.ts';
import type { GenerationRecord } from './generation-record.ts';
import { poolKeys } from './keys.ts';
import { readGeneration } from './read-generations.ts';
import { listMembers, readPool } from './read-pool.ts';

/** One broken promise of design/ledger.md, "Invariants". */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4';
  readonly detail: string;
}

/** What a pool must look like after its entries, folded from the first to the last. */
interface Fold {
  seq: number;
  head: string;
  paid: number;
  gift: number;
  held: number;
  in: number;
  spent: number;
  readonly open: Map<string, { gift: number; paid: number; memberId: string }>;
  readonly ended: Map<string, EntryKind>;
}

const PAGE = 1_000;

/**
 * Recomputes a pool from its entries and compares: conservation (I1), held against open holds, members and the due set
 * (I2), gaps, balances and the hash chain (I3), holds that ended twice (I4). Reads in pages; the pool must be at rest,
 * or an operation between two reads shows up as a violation.
 *
 * @returns every violation found; none when the pool is sound.
 */
export async function auditPool(redis: RedisClient, poolId: string): Promise<Violation[]> {
  const violations: Violation[] = [];
  const report = (invariant: Violation['invariant'], broken: boolean, detail: string) => {
    if (broken) violations.push({ invariant, detail });
  };
  const keys = poolKeys(poolId);
  const pool = await readPool(redis, poolId);
  if (!pool) return [{ invariant: 'I3', detail: 'there is no such pool' }];

  const fold = await foldEntries(redis, keys.log, report);
  compareBalances(pool, fold, report);
  report('I3', (await redis.hGet(keys.pool, 'head')) !== fold.head, 'the chain does not end in the head');

  const due = await redis.zRange(keys.due, 0, -1);
  const missing = [...fold.open.keys()].filter((id) => !due.includes(id));
  report('I2', missing.length > 0, `open but not in the due set: ${missing.join(', ')}`);
  report('I2', due.length !== fold.open.size, `${due.length} in the due set, ${fold.open.size} open`);
  report('I2', pool.openHolds !== fold.open.size, `the pool counts ${pool.openHolds} open, ${fold.open.size} are`);

  for (const [id, split] of fold.open) {
    const record = await readGeneration(redis, poolId, id);
    report('I2', !isHolding(record, split), `${id} is open in the entries, its record disagrees`);
  }
  for (const [id, kind] of fold.ended) {
    const record = await readGeneration(redis, poolId, id);
    report(
      'I4',
      record !== null && record.hold !== ENDS[kind],
      `${id} ended by ${kind}, its record says ${record?.hold}`,
    );
  }

  for (const member of await listMembers(redis, poolId)) {
    const holds = [...fold.open.values()].filter(({ memberId }) => memberId === member.memberId);
    const held = holds.reduce((total, { gift, paid }) => total + gift + paid, 0);
    report('I2', member.held !== held, `member ${member.memberId} holds ${member.held}, the entries say ${held}`);
  }
  return violations;
}

type Report = (invariant: Violation['invariant'], broken: boolean, detail: string) => void;

const ENDS: Readonly<Partial<Record<EntryKind, string>>> = {
  capture: 'captured',
  release: 'released',
  expire: 'expired',
};

async function foldEntries(redis: RedisClient, log: string, report: Report): Promise<Fold> {
  const fold: Fold = {
    seq: 0,
    head: '',
    paid: 0,
    gift: 0,
    held: 0,
    in: 0,
    spent: 0,
    open: new Map(),
    ended: new Map(),
  };
  for (;;) {
    const messages = (await redis.xRange(log, fold.seq === 0 ? '-' : `(${fold.seq}-0`, '+', { COUNT: PAGE })) ?? [];
    for (const { id, message } of messages) {
      const seq = seqOf(id);
      const entry = StoredEntry.parse({ ...message });
      report('I3', seq !== fold.seq + 1, `entry ${seq} follows entry ${fold.seq}`);
      report('I3', sealEntry(fold.head, seq, entry) !== entry.hash, `entry ${seq} does not match its hash`);
      applyEntry(fold, entry, report);
      fold.seq = seq;
      fold.head = entry.hash;
      report('I3', !sameFunds(entry, fold), `the balances of entry ${seq} are not the fold of the entries up to it`);
    }
    if (messages.length < PAGE) return fold;
  }
}

function applyEntry(fold: Fold, entry: StoredEntry, report: Report): void {
  const { kind, op, amount, splitGift, splitPaid } = entry;
  report('I1', splitGift + splitPaid !== amount, `${kind} ${op}: its parts do not add up to its amount`);
  switch (kind) {
    case 'open':
      return;
    case 'topup':
      fold.gift += splitGift;
      fold.paid += splitPaid;
      fold.in += amount;
      return;
    case 'hold':
      report('I4', fold.open.has(op) || fold.ended.has(op), `${op} was held twice`);
      fold.open.set(op, { gift: splitGift, paid: splitPaid, memberId: entry.member });
      fold.gift -= splitGift;
      fold.paid -= splitPaid;
      fold.held += amount;
      return;
    case 'capture':
    case 'release':
    case 'expire':
      endHold(fold, entry, report);
  }
}

function endHold(fold: Fold, { kind, op, amount, splitGift, splitPaid }: StoredEntry, report: Report): void {
  const hold = fold.open.get(op);
  report('I4', !hold, `${op} ended by ${kind}, but it was not open`);
  if (!hold) return;
  const spent = kind === 'capture';
  report('I1', amount > hold.gift + hold.paid, `${op} was captured above its ceiling`);
  report(
    'I1',
    !spent && (splitGift !== hold.gift || splitPaid !== hold.paid),
    `${op} was not given back as it was held`,
  );
  fold.open.delete(op);
  fold.ended.set(op, kind);
  fold.held -= hold.gift + hold.paid;
  fold.gift += spent ? hold.gift - splitGift : hold.gift;
  fold.paid += spent ? hold.paid - splitPaid : hold.paid;
  fold.spent += spent ? amount : 0;
}

function compareBalances(pool: PoolBalance, fold: Fold, report: Report): void {
  for (const field of ['paid', 'gift', 'held', 'in', 'spent'] as const) {
    report('I3', pool[field] !== fold[field], `${field} is ${pool[field]}, the entries say ${fold[field]}`);
  }
  report('I3', pool.seq !== fold.seq, `seq is ${pool.seq}, the last entry is ${fold.seq}`);
  report('I1', pool.held < 0, `held is ${pool.held}`);
  const has = pool.paid + pool.gift + pool.held;
  report('I1', pool.in - pool.out - pool.spent !== has, `in − out − spent is not paid + gift + held (${has})`);
}

function sameFunds(funds: Funds, fold: Fold): boolean {
  return funds.paid === fold.paid && funds.gift === fold.gift && funds.held === fold.held;
}

function isHolding(record: GenerationRecord | null, split: { gift: number; paid: number }): boolean {
  return record?.hold === 'held' && record.split.gift === split.gift && record.split.paid === split.paid;
}
