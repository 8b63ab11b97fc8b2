import { z } from 'zod';
import type { GenerationState } from '../../shared/api/generations.ts';
import type { Millicredits } from '../../shared/credits.ts';
import { StoredAmount, StoredInteger } from './balance.ts';

/** Where the money of a generation is. A hold ends once: captured, released or expired. */
export const HoldState = z.enum(['held', 'captured', 'released', 'expired']);
export type HoldState = z.infer<typeof HoldState>;

/**
 * How far the worker is, in order. `running`: taken up, nothing sent. `submitting`: written before the paid call.
 * `submitted`: the provider's job id is known. `storing`: the pictures are being fetched and kept.
 */
export const Stage = z.enum(['queued', 'running', 'submitting', 'submitted', 'storing']);
export type Stage = z.infer<typeof Stage>;

/** How a generation may end without a charge. */
export type ReleasedState = 'failed' | 'refused' | 'cancelled';

export const StoredGenerationState = z.enum([
  'queued',
  'running',
  'storing',
  'succeeded',
  'failed',
  'refused',
  'cancelled',
]) satisfies z.ZodType<GenerationState>;

/** The state that people see while the worker is at `stage`. */
export const STATE_OF_STAGE: Readonly<Record<Stage, GenerationState>> = {
  queued: 'queued',
  running: 'running',
  submitting: 'running',
  submitted: 'running',
  storing: 'storing',
};

/**
 * What the caller keeps with the generation: opaque strings to the ledger, JSON where they have parts. Names are the
 * caller's; they never meet the ledger's own fields.
 */
export type RecordFields = Readonly<Record<string, string>>;

/** One generation: its hold and its record, `h:{P}:<id>`. */
export interface GenerationRecord {
  readonly generationId: string;
  readonly poolId: string;
  readonly memberId: string;
  /** A project or client; empty for none. */
  readonly tag: string;
  readonly state: GenerationState;
  /** The worker's last stage; it stays after the end. */
  readonly stage: Stage;
  readonly hold: HoldState;
  readonly ceiling: Millicredits;
  /** What it did cost: 0 until it was captured. */
  readonly captured: Millicredits;
  /** What the hold took from each origin, and a release returns to it. */
  readonly split: { readonly gift: Millicredits; readonly paid: Millicredits };
  /** Whether its result came after its hold was given back: it succeeded, and cost nothing. */
  readonly isLate: boolean;
  /** Why it was released or has expired; null otherwise. */
  readonly reason: string | null;
  /** When the hold may expire, ms since 1970. */
  readonly dueAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it ended, ms since 1970; null while it is open. */
  readonly settledAt: number | null;
  readonly fields: RecordFields;
}

/** In front of the caller's names, so that they never meet the ledger's own. */
const PREFIX = 'r:';

const StoredHold = z.object({
  state: HoldState,
  generation: StoredGenerationState,
  stage: Stage,
  member: z.string(),
  tag: z.string(),
  ceiling: StoredAmount,
  splitGift: StoredAmount,
  splitPaid: StoredAmount,
  captured: StoredAmount.prefault('0'),
  late: z.literal('1').optional(),
  reason: z.string().optional(),
  due: StoredInteger,
  created: StoredInteger,
  updated: StoredInteger,
  settled: StoredInteger.optional(),
});

/** The record's fields as a script takes them: names and values in turn. */
export function toPairs(fields: RecordFields): string[] {
  return Object.entries(fields).flatMap(([name, value]) => [`${PREFIX}${name}`, value]);
}

/** Reads a hold's hash; null when there is none or it was refused, which leaves no generation. */
export function parseGeneration(
  poolId: string,
  generationId: string,
  stored: Readonly<Record<string, string>>,
): GenerationRecord | null {
  if (stored.state === undefined || stored.state === 'refused') return null;
  const hold = StoredHold.parse(stored);
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(stored)) {
    if (name.startsWith(PREFIX)) fields[name.slice(PREFIX.length)] = value;
  }
  return {
    generationId,
    poolId,
    memberId: hold.member,
    tag: hold.tag,
    state: hold.generation,
    stage: hold.stage,
    hold: hold.state,
    ceiling: hold.ceiling,
    captured: hold.captured,
    split: { gift: hold.splitGift, paid: hold.splitPaid },
    isLate: hold.late !== undefined,
    reason: hold.reason ?? null,
    dueAt: hold.due,
    createdAt: hold.created,
    updatedAt: hold.updated,
    settledAt: hold.settled ?? null,
    fields,
  };
}
