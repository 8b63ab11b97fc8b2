import { hash } from 'node:crypto';
import { formatCredits, type Millicredits, millicredits } from '../../shared/credits.ts';
import { type ErrorCode, InkpotError } from '../../shared/errors.ts';
import type { GenerationRecord, HoldAnswer, Ledger, PoolBalance } from '../ledger/index.ts';
import type { TransferRecord, TransferRecords } from './transfer-records.ts';

export interface MoveOptions {
  readonly ledger: Pick<Ledger, 'hold' | 'advance' | 'readGeneration' | 'topup' | 'capture' | 'release' | 'readPool'>;
  readonly records: TransferRecords;
}

/** What was moved, and what that left at the source. */
export interface Moved {
  readonly split: { readonly gift: Millicredits; readonly paid: Millicredits };
  readonly balance: PoolBalance;
}

const ACTOR = 'broker:transfers';

/** How long the hold may wait for its next step before it lapses, in ms; after that step it does not lapse any more. */
const HOLD_LIFE_MS = 30 * 60_000;

/** Why the hold was given back, where nothing had arrived. */
const TARGET_MOVED = 'target_moved';

const TOO_LONG = 'The transfer took too long. Nothing was moved: try again.';

/** No limit: a transfer is over at once, and a pool that is busy may still be emptied. */
const ANY_NUMBER = 1_000_000;

/**
 * Carries out a transfer from wherever it stands: hold at the source, credit at the target, capture at the source. Each
 * step has the transfer's id, so it may be repeated, also by two at once. Until the credit is given, dying gives all of
 * it back; from the credit on, the hold cannot end otherwise than by its capture. What a target that was moved to another
 * broker meanwhile did not get goes back to the source.
 *
 * @throws InkpotError why the source refused it, now and under its id for ever: nothing was moved. `broker_busy` when the
 *   outcome is unknown: the same id finds out.
 */
export async function moveCredits({ ledger, records }: MoveOptions, transfer: TransferRecord): Promise<Moved> {
  const { id, from, to, amount, accountId } = transfer;
  const held = await ledger.hold({
    poolId: from,
    generationId: id,
    memberId: accountId,
    ceiling: amount,
    ttlMs: HOLD_LIFE_MS,
    maxOpenHolds: ANY_NUMBER,
    maxMemberHolds: ANY_NUMBER,
    requestHash: hash('sha256', JSON.stringify([id, from, to, amount]), 'base64url'),
    record: { transferTo: to },
    isListed: false,
  });
  if (held.code !== 'OK' && held.code !== 'REPLAY') {
    await records.end(id);
    throw refusalOf(held.code);
  }
  // What was submitted does not expire, and nothing but what follows the credit below ends it.
  const sent = await ledger.advance({
    poolId: from,
    generationId: id,
    operationId: id,
    from: ['queued'],
    stage: 'submitting',
  });
  const isDone = sent.code === 'TERMINAL' && sent.standing.hold === 'captured';
  const { split, captured, reason } = await holdOf(ledger, transfer);
  if (sent.code !== 'OK' && sent.code !== 'REPLAY' && !isDone) {
    await records.end(id);
    throw new InkpotError('conflict', { detail: reason === TARGET_MOVED ? movedAway(captured) : TOO_LONG });
  }
  const arrived = isDone ? captured : await credit(ledger, transfer, split);
  if (!isDone) await (arrived > 0 ? takeFromSource(ledger, transfer, arrived) : giveBack(ledger, transfer));
  await records.end(id);
  if (arrived < amount) throw new InkpotError('conflict', { detail: movedAway(arrived) });
  const balance = await ledger.readPool(from);
  if (!balance) throw new InkpotError('internal', { cause: `the source of ${id} is gone` });
  return { split, balance };
}

/** What the hold took of each origin, which is what arrives; what of it was captured; and why all of it went back. */
async function holdOf(
  ledger: MoveOptions['ledger'],
  { id, from }: TransferRecord,
): Promise<Pick<GenerationRecord, 'split' | 'captured' | 'reason'>> {
  const record = await ledger.readGeneration(from, id);
  if (!record) throw new InkpotError('internal', { cause: `the hold of ${id} is gone` });
  return record;
}

/** @returns what the target has got: all, or what came before it was moved away. A later try finds the same. */
async function credit(
  ledger: MoveOptions['ledger'],
  transfer: TransferRecord,
  split: Moved['split'],
): Promise<Millicredits> {
  const { id, from, to, accountId } = transfer;
  let arrived = 0;
  // In the order in which a capture spends: so what is captured is what has arrived.
  for (const origin of ['gift', 'paid'] as const) {
    const amount = millicredits(split[origin]);
    if (amount === 0) continue;
    const { code } = await ledger.topup({
      poolId: to,
      paymentId: `${id}:${origin}`,
      amount,
      origin,
      reference: `transfer:${from}`,
      actor: accountId,
      memberId: accountId,
      unlessMoved: true,
    });
    if (code === 'CONFLICT') throw new InkpotError('internal', { cause: `${id} was credited with another amount` });
    if (code === 'MOVED') break;
    arrived += amount;
  }
  return millicredits(arrived);
}

async function takeFromSource(
  ledger: MoveOptions['ledger'],
  transfer: TransferRecord,
  actual: Millicredits,
): Promise<void> {
  const { id, from, to, accountId } = transfer;
  const whose = { poolId: from, generationId: id, memberId: accountId };
  const { code } = await ledger.capture({ ...whose, actual, reference: `transfer:${to}`, actor: ACTOR });
  if (code !== 'OK' && code !== 'REPLAY') {
    throw new InkpotError('internal', { cause: `the capture of ${id} answered ${code}` });
  }
}

async function giveBack(ledger: MoveOptions['ledger'], { id, from, accountId }: TransferRecord): Promise<void> {
  const whose = { poolId: from, generationId: id, memberId: accountId };
  const { code } = await ledger.release({ ...whose, state: 'refused', reason: TARGET_MOVED, actor: ACTOR });
  if (code !== 'OK' && code !== 'REPLAY') {
    throw new InkpotError('internal', { cause: `the release of ${id} answered ${code}` });
  }
}

function movedAway(arrived: Millicredits): string {
  const what =
    arrived > 0 ? `Only ${formatCredits(arrived)} had arrived before; the rest is back.` : 'Nothing was moved.';
  return `The pool that should get the credits was moved to another broker. ${what}`;
}

type Refusal = Exclude<HoldAnswer['code'], 'OK' | 'REPLAY'>;

function refusalOf(code: Refusal): InkpotError {
  const errors: Readonly<Record<Refusal, readonly [ErrorCode, string?]>> = {
    CONFLICT: ['idempotency_key_reused'],
    INSUFFICIENT: ['insufficient_credits', 'This pool has fewer credits than that. Nothing was moved.'],
    CAP: ['cap_reached'],
    BUDGET: ['budget_spent'],
    FROZEN: ['pool_frozen', 'This pool is frozen, so its credits stay where they are. Nothing was moved.'],
    TOO_MANY: ['too_many_holds'],
    TOO_MANY_BY_MEMBER: ['too_many_holds'],
    NOT_A_MEMBER: ['not_a_member'],
  };
  const [error, detail] = errors[code];
  return new InkpotError(error, detail ? { detail } : {});
}
