import { hash } from 'node:crypto';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { type ErrorCode, InkpotError } from '../../shared/errors.ts';
import type { HoldAnswer, Ledger, PoolBalance } from '../ledger/index.ts';
import type { TransferRecord, TransferRecords } from './transfer-records.ts';

export interface MoveOptions {
  readonly ledger: Pick<Ledger, 'hold' | 'advance' | 'readGeneration' | 'topup' | 'capture' | 'readPool'>;
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

/** No limit: a transfer is over at once, and a pool that is busy may still be emptied. */
const ANY_NUMBER = 1_000_000;

/**
 * Carries out a transfer from wherever it stands: hold at the source, credit at the target, capture at the source. Each
 * step has the transfer's id, so it may be repeated, also by two at once. Until the credit is given, dying gives all of
 * it back; from the credit on, the hold cannot end otherwise than by its capture.
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
  // What was submitted does not expire, and nothing but the capture below ends it.
  const sent = await ledger.advance({
    poolId: from,
    generationId: id,
    operationId: id,
    from: ['queued'],
    stage: 'submitting',
  });
  const isDone = sent.code === 'TERMINAL' && sent.standing.hold === 'captured';
  if (sent.code !== 'OK' && sent.code !== 'REPLAY' && !isDone) {
    await records.end(id);
    throw new InkpotError('conflict', { detail: 'The transfer took too long. Nothing was moved: try again.' });
  }
  const split = await splitOf(ledger, transfer);
  if (!isDone) {
    await credit(ledger, transfer, split);
    await takeFromSource(ledger, transfer);
  }
  await records.end(id);
  const balance = await ledger.readPool(from);
  if (!balance) throw new InkpotError('internal', { cause: `the source of ${id} is gone` });
  return { split, balance };
}

/** What the hold took of each origin: that is what arrives. */
async function splitOf(ledger: MoveOptions['ledger'], { id, from }: TransferRecord): Promise<Moved['split']> {
  const record = await ledger.readGeneration(from, id);
  if (!record) throw new InkpotError('internal', { cause: `the hold of ${id} is gone` });
  return record.split;
}

async function credit(ledger: MoveOptions['ledger'], transfer: TransferRecord, split: Moved['split']): Promise<void> {
  const { id, from, to, accountId } = transfer;
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
    });
    if (code === 'CONFLICT') throw new InkpotError('internal', { cause: `${id} was credited with another amount` });
  }
}

async function takeFromSource(ledger: MoveOptions['ledger'], transfer: TransferRecord): Promise<void> {
  const { id, from, to, accountId, amount } = transfer;
  const whose = { poolId: from, generationId: id, memberId: accountId };
  const { code } = await ledger.capture({ ...whose, actual: amount, reference: `transfer:${to}`, actor: ACTOR });
  if (code !== 'OK' && code !== 'REPLAY') {
    throw new InkpotError('internal', { cause: `the capture of ${id} answered ${code}` });
  }
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
