import type { LedgerEntry, PoolBalance } from '../ledger/index.ts';

/** What was asked of a pool. The id is the payment's or the generation's. */
export type Operation =
  | { readonly kind: 'read' }
  | { readonly kind: 'topup' | 'hold' | 'capture'; readonly id: string; readonly amount: number }
  | { readonly kind: 'release'; readonly id: string };

export type Write = Exclude<Operation, { kind: 'read' }>;

type Funds = Pick<PoolBalance, 'paid' | 'gift' | 'held' | 'in' | 'spent' | 'out'>;

/** One call, with when it began and ended (ms of one clock). */
export interface Call {
  readonly operation: Operation;
  readonly invoked: number;
  readonly ended: number;
  /** null for a call that failed: whether it was carried out is unknown. */
  readonly answer: { readonly code: string; readonly seq: number; readonly funds: Funds } | null;
}

/** As much of a ledger's entry as a history is checked against. */
export type LoggedEntry = Pick<LedgerEntry, 'seq' | 'kind' | 'operationId' | 'amount'> & {
  readonly after: Pick<Funds, 'paid' | 'gift' | 'held'>;
};
