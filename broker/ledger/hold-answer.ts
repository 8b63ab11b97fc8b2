import { z } from 'zod';
import type { GenerationState } from '../../shared/api/generations.ts';
import type { Millicredits } from '../../shared/credits.ts';
import { type PoolBalance, parseAnswer, StoredAmount, StoredInteger } from './balance.ts';
import { HoldState, Stage, StoredGenerationState } from './generation-record.ts';

/** How a hold stands after an operation on it. */
interface HoldStanding {
  readonly hold: HoldState;
  readonly state: GenerationState;
  readonly stage: Stage;
  readonly ceiling: Millicredits;
  readonly captured: Millicredits;
  /** ms since 1970 */
  readonly dueAt: number;
}

/** The answer of an operation on a hold; `UNKNOWN` when no hold was ever accepted under the id. */
export type OnHoldAnswer<Code extends string> =
  | { readonly code: Code; readonly balance: PoolBalance; readonly standing: HoldStanding }
  | { readonly code: 'UNKNOWN'; readonly balance: PoolBalance; readonly standing: null };

const Standing = z
  .tuple([HoldState, StoredGenerationState, Stage, StoredAmount, StoredAmount, StoredInteger])
  .transform(
    ([hold, state, stage, ceiling, captured, dueAt]): HoldStanding => ({
      hold,
      state,
      stage,
      ceiling,
      captured,
      dueAt,
    }),
  );

/** Reads the reply of advance, capture, release or expire, whose order is fixed by `hold_answer` in prelude.lua. */
export function parseOnHold<Code extends string>(codes: z.ZodType<Code>, reply: readonly string[]): OnHoldAnswer<Code> {
  const { code, balance, rest } = parseAnswer(codes.or(z.literal('UNKNOWN')), reply);
  if (code === 'UNKNOWN') return { code: 'UNKNOWN', balance, standing: null };
  return { code: code as Code, balance, standing: Standing.parse(rest) };
}
