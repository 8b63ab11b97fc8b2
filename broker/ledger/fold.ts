import { type Millicredits, millicredits } from '../../shared/credits.ts';
import type { RedisClient } from '../redis/connect.ts';
import { parseCap } from './cap.ts';
import { type EntryKind, type Funds, StoredEntry, sealEntry, seqOf } from './entries.ts';
import { type FoldedPayments, foldPayment, NO_PAYMENTS } from './fold-payments.ts';
import { NO_TALLY, type Tally, tallyAt } from './tally.ts';

/** One broken promise of design/ledger.md, "Invariants". */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8';
  readonly detail: string;
}

export type Report = (invariant: Violation['invariant'], broken: boolean, detail: string) => void;

/** A hold as its entry told it. */
export interface FoldedHold {
  readonly gift: number;
  readonly paid: number;
  readonly memberId: string;
  readonly tag: string;
}

/** What a pool must look like after its entries, folded from the first to the last. */
export interface Fold {
  /** Whether the log begins with the first entry; else it begins after `archived`, and what was before is not known. */
  readonly whole: boolean;
  seq: number;
  head: string;
  paid: number;
  gift: number;
  held: number;
  in: number;
  out: number;
  /** null while no entry told. */
  frozen: boolean | null;
  spent: number;
  readonly payments: FoldedPayments;
  readonly open: Map<string, FoldedHold>;
  readonly ended: Map<string, EntryKind>;
  readonly members: Map<string, Tally>;
  readonly budgets: Map<string, Tally>;
}

/** An entry as the stream gives it. */
type Message = Readonly<{ id: string; message: Readonly<Record<string, string>> }>;

/** So many entries are folded at once: less than 5 ms of a core. */
const PAGE = 100;

/**
 * Folds a pool's log, in pages, and reports every entry that does not follow from those before it.
 * @param archived the number of the last archived entry; 0 for a log that was never trimmed.
 * @param rest waited for between two pages.
 */
export async function foldEntries(
  redis: RedisClient,
  log: string,
  archived: number,
  report: Report,
  rest: () => Promise<void>,
): Promise<Fold> {
  const [first] = (await redis.xRange(log, '-', '+', { COUNT: 1 })) ?? [];
  const begins = first ? seqOf(first.id) : 0;
  report('I3', begins !== Math.max(archived, 1), `the log begins at entry ${begins}, up to ${archived} are archived`);
  const anchor = first && archived > 1 ? StoredEntry.parse({ ...first.message }) : null;
  const fold = startFold(anchor && { seq: archived, entry: anchor });
  for (;;) {
    const messages = (await redis.xRange(log, fold.seq === 0 ? '-' : `(${fold.seq}-0`, '+', { COUNT: PAGE })) ?? [];
    addEntries(fold, messages, report);
    if (messages.length < PAGE) return fold;
    await rest();
  }
}

/** @param anchor the entry to go on after; null to begin with the first. */
export function startFold(anchor: { readonly seq: number; readonly entry: StoredEntry } | null): Fold {
  return {
    whole: anchor === null,
    seq: anchor?.seq ?? 0,
    head: anchor?.entry.hash ?? '',
    paid: anchor?.entry.paid ?? 0,
    gift: anchor?.entry.gift ?? 0,
    held: anchor?.entry.held ?? 0,
    in: 0,
    out: 0,
    frozen: anchor ? null : false,
    spent: 0,
    payments: NO_PAYMENTS(),
    open: new Map(),
    ended: new Map(),
    members: new Map(),
    budgets: new Map(),
  };
}

/** Folds the entries that follow those that were folded. */
export function addEntries(fold: Fold, messages: readonly Message[], report: Report): void {
  for (const { id, message } of messages) {
    addEntry(fold, seqOf(id), StoredEntry.parse({ ...message }), report);
  }
}

/** Folds the entry that follows those that were folded. */
export function addEntry(fold: Fold, seq: number, entry: StoredEntry, report: Report): void {
  report('I3', seq !== fold.seq + 1, `entry ${seq} follows entry ${fold.seq}`);
  report('I3', sealEntry(fold.head, seq, entry) !== entry.hash, `entry ${seq} does not match its hash`);
  report('I8', entry.actor === '', `entry ${seq} is nobody's act`);
  applyEntry(fold, entry, report);
  foldPayment(fold.payments, entry, fold.paid);
  fold.seq = seq;
  fold.head = entry.hash;
  report('I3', !sameFunds(entry, fold), `the balances of entry ${seq} are not the fold of the entries up to it`);
}

function applyEntry(fold: Fold, entry: StoredEntry, report: Report): void {
  const { kind, op, amount, splitGift, splitPaid } = entry;
  report('I1', splitGift + splitPaid !== amount, `${kind} ${op}: its parts do not add up to its amount`);
  switch (kind) {
    case 'open':
      return;
    case 'topup':
      report('I6', fold.payments.all.has(op), `${op} was credited twice`);
      fold.gift += splitGift;
      fold.paid += splitPaid;
      fold.in += amount;
      return;
    case 'clawback':
      takeBack(fold, entry, report);
      return;
    case 'dispute':
      return;
    case 'adjust':
      fold.gift += splitGift;
      fold.paid += splitPaid;
      fold.in += Math.max(amount, 0);
      fold.out += Math.max(-amount, 0);
      report('I1', amount < 0 && fold.gift + fold.paid < 0, `${op} was taken without cover`);
      return;
    case 'freeze':
    case 'thaw':
      fold.frozen = kind === 'freeze';
      return;
    case 'hold':
      beginHold(fold, entry, report);
      return;
    case 'capture':
    case 'release':
    case 'expire':
      endHold(fold, entry, report);
      return;
    case 'member':
      setCap(fold.members, entry.member, entry.reference);
      return;
    case 'budget':
      setCap(fold.budgets, entry.tag, entry.reference);
      return;
    default:
      kind satisfies never;
  }
}

function takeBack(fold: Fold, { op, amount, splitGift, splitPaid }: StoredEntry, report: Report): void {
  const payment = fold.payments.all.get(op);
  const back = (payment?.back ?? 0) + amount;
  const sane = payment ? back >= 0 && back <= payment.credited : !fold.whole;
  report('I6', !sane, `${back} of ${op} were taken back in all`);
  const foreign = payment?.upto === null ? splitPaid : splitGift;
  report('I6', payment !== undefined && foreign !== 0, `${op} was taken back of an origin that it did not credit`);
  fold.gift -= splitGift;
  fold.paid -= splitPaid;
  fold.out += Math.max(amount, 0);
  fold.in += Math.max(-amount, 0);
}

/** The terms of a member or a budget end with the cap, if there is one. */
function setCap(tallies: Map<string, Tally>, id: string, terms: string): void {
  const cap = parseCap(terms.split(' ').at(-1) ?? '');
  tallies.set(id, { ...(tallies.get(id) ?? NO_TALLY), cap });
}

function beginHold(fold: Fold, { op, amount, splitGift, splitPaid, member, tag, time }: StoredEntry, report: Report) {
  report('I4', fold.open.has(op) || fold.ended.has(op), `${op} was held twice`);
  report('I1', splitGift !== Math.min(Math.max(fold.gift, 0), amount), `${op} did not draw gifts first`);
  const hold = { gift: splitGift, paid: splitPaid, memberId: member, tag };
  fold.open.set(op, hold);
  fold.gift -= splitGift;
  fold.paid -= splitPaid;
  report('I1', fold.gift + fold.paid < 0, `${op} was held without cover`);
  fold.held += amount;
  changeTallies(fold, hold, (tally) => {
    const { cap, used, held } = tallyAt(tally, time);
    const over = cap !== null && used[cap.period] + held + amount > cap.limit;
    report('I5', over, `${op} was held above a cap of ${cap?.limit}`);
    return { ...tally, held: sum(tally.held, amount), open: tally.open + 1 };
  });
}

function endHold(fold: Fold, entry: StoredEntry, report: Report): void {
  const { kind, op, amount, splitGift, splitPaid, time } = entry;
  const hold = fold.open.get(op) ?? (fold.whole ? undefined : archivedHold(fold, entry));
  report('I4', !hold, `${op} ended by ${kind}, but it was not open`);
  if (!hold) return;
  const ceiling = hold.gift + hold.paid;
  const spent = kind === 'capture' ? amount : 0;
  const givenBack = kind === 'capture' || (splitGift === hold.gift && splitPaid === hold.paid);
  report('I1', spent > 0 && splitGift !== Math.min(hold.gift, spent), `${op} did not spend gifts first`);
  report('I1', amount > ceiling, `${op} was captured above its ceiling`);
  report('I1', !givenBack, `${op} was not given back as it was held`);
  fold.open.delete(op);
  fold.ended.set(op, kind);
  fold.held -= ceiling;
  fold.gift += hold.gift - (spent && splitGift);
  fold.paid += hold.paid - (spent && splitPaid);
  fold.spent += spent;
  changeTallies(fold, hold, (tally) => ({
    ...(spent ? spend(tallyAt(tally, time), spent) : tally),
    held: sum(tally.held, -ceiling),
    open: tally.open - 1,
  }));
}

/** A hold that began in the archive: what it was follows from what its end changed. */
function archivedHold(fold: Fold, { kind, splitGift, splitPaid, gift, paid, member, tag }: StoredEntry): FoldedHold {
  const spent = kind === 'capture';
  return {
    gift: gift - fold.gift + (spent ? splitGift : 0),
    paid: paid - fold.paid + (spent ? splitPaid : 0),
    memberId: member,
    tag,
  };
}

function changeTallies(fold: Fold, { memberId, tag }: FoldedHold, change: (tally: Tally) => Tally): void {
  fold.members.set(memberId, change(fold.members.get(memberId) ?? NO_TALLY));
  if (tag) fold.budgets.set(tag, change(fold.budgets.get(tag) ?? NO_TALLY));
}

function spend(tally: Tally, amount: number): Tally {
  const { day, week, month, total } = tally.used;
  const used = { day: sum(day, amount), week: sum(week, amount), month: sum(month, amount), total: sum(total, amount) };
  return { ...tally, used };
}

function sum(amount: Millicredits, change: number): Millicredits {
  return millicredits(amount + change);
}

function sameFunds(funds: Funds, fold: Fold): boolean {
  return funds.paid === fold.paid && funds.gift === fold.gift && funds.held === fold.held;
}
