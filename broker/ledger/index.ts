import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import { type Adjust, type AdjustAnswer, adjust } from './adjust.ts';
import { type Advance, type AdvanceAnswer, advance } from './advance.ts';
import type { PoolBalance } from './balance.ts';
import { type Capture, type CaptureAnswer, capture } from './capture.ts';
import { type ClawTo, type ClawToAnswer, clawTo } from './claw-to.ts';
import { type Dispute, type DisputeAnswer, dispute } from './dispute.ts';
import { type EntryPageRequest, type LedgerEntry, listEntries } from './entries.ts';
import { type Expire, type ExpireAnswer, expire } from './expire.ts';
import type { GenerationRecord } from './generation-record.ts';
import { type Hold, type HoldAnswer, hold } from './hold.ts';
import { type Late, type LateAnswer, late } from './late.ts';
import { type Note, type NoteAnswer, note } from './note.ts';
import { listOpenHolds, listOpenPools, markOpen, type OpenHolds, rebuildOpenPools } from './open-holds.ts';
import { type OpenPool, type OpenPoolAnswer, openPool } from './open-pool.ts';
import { type GenerationPageRequest, listGenerations, readGeneration } from './read-generations.ts';
import { type PaymentStanding, readPayment } from './read-payment.ts';
import { listBudgets, listMembers, type PoolBudget, type PoolMember, readMember, readPool } from './read-pool.ts';
import { type Release, type ReleaseAnswer, release } from './release.ts';
import { type SetBudget, type SetBudgetAnswer, setBudget } from './set-budget.ts';
import { type SetFrozen, type SetFrozenAnswer, setFrozen } from './set-frozen.ts';
import { type SetMember, type SetMemberAnswer, setMember } from './set-member.ts';
import { type Topup, type TopupAnswer, topup } from './topup.ts';
import { type Trim, type TrimAnswer, trim } from './trim.ts';

export type { PoolBalance } from './balance.ts';
export type { LedgerEntry } from './entries.ts';
export type { GenerationRecord, RecordFields, ReleasedState, Stage } from './generation-record.ts';
export type { Hold, HoldAnswer } from './hold.ts';
export type { OpenHold } from './open-holds.ts';
export type { PaymentStanding } from './read-payment.ts';

/**
 * Who has how much, and what became of each generation. Every operation is one atomic script in the pool's slot, has an
 * id made by its caller, and may be repeated: `REPLAY` is the first answer again, so callers treat it like `OK`. Every
 * answer carries the pool's balance after it. Amounts are millicredits; times are ms since 1970.
 *
 * Every method throws InkpotError `broker_busy` when the outcome is unknown after 4 s (repeat with the same ids), and
 * `internal` for what only a bug can cause. Operations throw `not_found` when there is no such pool.
 */
export interface Ledger {
  openPool(command: OpenPool): Promise<OpenPoolAnswer>;
  topup(command: Topup): Promise<TopupAnswer>;
  hold(command: Hold): Promise<HoldAnswer>;
  advance(command: Advance): Promise<AdvanceAnswer>;
  capture(command: Capture): Promise<CaptureAnswer>;
  release(command: Release): Promise<ReleaseAnswer>;
  expire(command: Expire): Promise<ExpireAnswer>;
  late(command: Late): Promise<LateAnswer>;
  note(command: Note): Promise<NoteAnswer>;
  setMember(command: SetMember): Promise<SetMemberAnswer>;
  setBudget(command: SetBudget): Promise<SetBudgetAnswer>;
  freeze(command: SetFrozen): Promise<SetFrozenAnswer>;
  thaw(command: SetFrozen): Promise<SetFrozenAnswer>;
  adjust(command: Adjust): Promise<AdjustAnswer>;
  clawTo(command: ClawTo): Promise<ClawToAnswer>;
  dispute(command: Dispute): Promise<DisputeAnswer>;
  trim(command: Trim): Promise<TrimAnswer>;

  readPool(poolId: string): Promise<PoolBalance | null>;
  readMember(poolId: string, memberId: string): Promise<PoolMember | null>;
  listMembers(poolId: string): Promise<PoolMember[]>;
  listBudgets(poolId: string): Promise<PoolBudget[]>;
  readPayment(poolId: string, paymentId: string): Promise<PaymentStanding>;
  readGeneration(poolId: string, generationId: string): Promise<GenerationRecord | null>;
  listGenerations(poolId: string, page: GenerationPageRequest): Promise<GenerationRecord[]>;
  listEntries(poolId: string, page: EntryPageRequest): Promise<LedgerEntry[]>;

  markOpen(poolId: string): Promise<void>;
  listOpenPools(): Promise<string[]>;
  rebuildOpenPools(): Promise<void>;
  listOpenHolds(poolId: string): Promise<OpenHolds>;
}

/**
 * The ledger on a Redis that has passed the start-up guard.
 * @param onChange told of a pool after each operation on it, whatever came of it.
 */
export function createLedger(redis: RedisClient, onChange: (poolId: string) => void = () => undefined): Ledger {
  async function change<Command extends { readonly poolId: string }, Answer>(
    operation: (redis: RedisClient, command: Command) => Promise<Answer>,
    command: Command,
  ): Promise<Answer> {
    try {
      return await operation(redis, command);
    } finally {
      onChange(command.poolId);
    }
  }

  return {
    openPool: (command) => change(openPool, command),
    topup: (command) => change(topup, command),
    hold: (command) => change(hold, command),
    advance: (command) => change(advance, command),
    capture: (command) => change(capture, command),
    release: (command) => change(release, command),
    expire: (command) => change(expire, command),
    late: (command) => change(late, command),
    note: (command) => change(note, command),
    setMember: (command) => change(setMember, command),
    setBudget: (command) => change(setBudget, command),
    freeze: (command) => change((to, freeze) => setFrozen(to, 'freeze', freeze), command),
    thaw: (command) => change((to, thaw) => setFrozen(to, 'thaw', thaw), command),
    adjust: (command) => change(adjust, command),
    clawTo: (command) => change(clawTo, command),
    dispute: (command) => change(dispute, command),
    trim: (command) => change(trim, command),

    readPool: (poolId) => repeatUntilKnown(() => readPool(redis, poolId)),
    readMember: (poolId, memberId) => repeatUntilKnown(() => readMember(redis, poolId, memberId)),
    listMembers: (poolId) => repeatUntilKnown(() => listMembers(redis, poolId)),
    listBudgets: (poolId) => repeatUntilKnown(() => listBudgets(redis, poolId)),
    readPayment: (poolId, paymentId) => repeatUntilKnown(() => readPayment(redis, poolId, paymentId)),
    readGeneration: (poolId, generationId) => repeatUntilKnown(() => readGeneration(redis, poolId, generationId)),
    listGenerations: (poolId, page) => repeatUntilKnown(() => listGenerations(redis, poolId, page)),
    listEntries: (poolId, page) => repeatUntilKnown(() => listEntries(redis, poolId, page)),

    markOpen: (poolId) => repeatUntilKnown(() => markOpen(redis, poolId)),
    listOpenPools: () => repeatUntilKnown(() => listOpenPools(redis)),
    rebuildOpenPools: () => rebuildOpenPools(redis),
    listOpenHolds: (poolId) => repeatUntilKnown(() => listOpenHolds(redis, poolId)),
  };
}
