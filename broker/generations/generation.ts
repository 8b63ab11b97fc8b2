import { z } from 'zod';
import type { Generation } from '../../shared/api/generations.ts';
import { Output } from '../../shared/api/generations.ts';
import { Route } from '../../shared/catalogue/model.ts';
import { Settings } from '../../shared/catalogue/settings.ts';
import { millicredits } from '../../shared/credits.ts';
import { FAILURES, FailureReason } from '../../shared/failures.ts';
import type { GenerationRecord, RecordFields } from '../ledger/index.ts';
import type { ProviderJob, ProviderRequest } from '../providers/provider.ts';
import type { Inputs } from '../uploads/uploads.ts';
import { jsonText } from './json-text.ts';

const Job = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const Size = z.object({ width: z.int(), height: z.int() }).nullable();

/** What this room keeps in a generation's record, as strings. */
const Fields = z.object({
  modelId: z.string(),
  modelName: z.string(),
  licence: z.string(),
  authorName: z.string(),
  documentId: z.string().optional(),
  /** What its model makes. */
  kind: z.enum(['image', 'video']).default('image'),
  route: jsonText(Route),
  settings: jsonText(Settings),
  /** In px; null where the model chooses. */
  size: jsonText(Size),
  /** Where else it may be sent, as long as nobody has taken it. */
  otherPaths: jsonText(z.array(z.object({ route: Route, size: Size })).readonly()).optional(),
  seed: z.coerce.number().int().optional(),
  job: jsonText(Job).optional(),
  /** ms since 1970 */
  submittedAt: z.coerce.number().int().optional(),
  /** What it may cost at its provider; absent where nobody bills. */
  spend: jsonText(z.object({ microUsd: z.int(), at: z.int() })).optional(),
  cancellation: z.enum(['requested', 'too_late']).optional(),
  /** Its provider says that it has stopped the job, which nobody waited for any more. */
  stopped: z.literal('yes').optional(),
  outputs: jsonText(z.array(Output)).optional(),
  /** What it cost the operator, in picodollars: as the provider reported it, or else by the published price. */
  cost: jsonText(z.object({ picoUsd: z.int(), reported: z.boolean() })).optional(),
});

export type Details = z.output<typeof Fields>;

/** A generation as this room works with it: the ledger's record, with its fields parsed. */
export interface StoredGeneration extends Omit<GenerationRecord, 'fields'> {
  readonly details: Details;
}

/** A generation as far as it can be told without its record: what its hold was split into is only in there. */
export type QueuedGeneration = Omit<StoredGeneration, 'split' | 'dueAt'>;

/** A generation whose hold was made just now. */
export function queuedGeneration(
  made: Pick<StoredGeneration, 'generationId' | 'poolId' | 'memberId' | 'ceiling' | 'createdAt' | 'details'>,
): QueuedGeneration {
  return {
    ...made,
    tag: '',
    state: 'queued',
    stage: 'queued',
    hold: 'held',
    captured: millicredits(0),
    isLate: false,
    reason: null,
    updatedAt: made.createdAt,
    settledAt: null,
  };
}

/** Reads this room's fields of a record. */
export function parseGeneration(record: GenerationRecord): StoredGeneration {
  const { fields, ...rest } = record;
  return { ...rest, details: Fields.parse(fields) };
}

/** Writes details as the record's strings; what is undefined is left as it is. */
export function toFields(details: Partial<Details>): RecordFields {
  const present = Object.entries(details).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    present.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

/** Only a submit needs the pictures that go in: a poll asks about a job that has them. */
const NO_INPUTS: Inputs = { references: [], mask: null };

/** What the provider is asked for. The seed was fixed with the hold, so that a repeat asks for the same picture. */
export function toProviderRequest({ generationId, details }: StoredGeneration, inputs = NO_INPUTS): ProviderRequest {
  const { route, settings, size, seed } = details;
  const asked = seed === undefined ? settings : { ...settings, seed };
  return { generationId, route, size, settings: asked, ...inputs, webhookUrl: null };
}

/** The provider's job; null until it is known. */
export function jobOf({ details }: StoredGeneration): ProviderJob | null {
  return details.job ?? null;
}

/**
 * Whether its provider may still deliver: its job is known, and it was given up without the provider's own word. A result
 * that comes now is the person's, free of charge.
 */
export function isGivenUp(generation: StoredGeneration): boolean {
  const { hold, state, reason, isLate } = generation;
  const wasGivenBack = hold === 'released' || hold === 'expired';
  const isLost = reason === 'timeout' || reason === 'interrupted';
  return wasGivenBack && state === 'failed' && isLost && !isLate && jobOf(generation) !== null;
}

const OwnJob = Fields.pick({ job: true, route: true });

/**
 * The provider's job of a record, as text that no other generation may have; null for one without a job, for one that was
 * delivered in the provider's answer, and for what is no generation.
 */
export function jobNameOf({ fields }: GenerationRecord): string | null {
  const { job, route } = OwnJob.safeParse(fields).data ?? {};
  return job && route && job.delivered !== true ? `${route.provider} ${JSON.stringify(job)}` : null;
}

/** A generation as the API shows it. Progress is not kept: it comes with events. */
export function toResource(generation: QueuedGeneration, progress: number | null = null): Generation {
  const { details, reason, isLate } = generation;
  return {
    id: generation.generationId,
    poolId: generation.poolId,
    modelId: details.modelId,
    modelName: details.modelName,
    licence: details.licence,
    state: generation.state,
    settings: details.settings,
    documentId: details.documentId ?? null,
    author: { id: generation.memberId, name: details.authorName },
    ceiling: generation.ceiling,
    charged: generation.hold === 'held' ? null : millicredits(generation.captured),
    progress,
    outputs: details.outputs ?? [],
    failure: reason === null || isLate ? null : toFailure(reason),
    ...(isLate && { late: true }),
    cancellation: cancellationOf(generation),
    createdAt: new Date(generation.createdAt).toISOString(),
    updatedAt: new Date(generation.updatedAt).toISOString(),
  };
}

/** Whoever asked while the picture was being stored was too late, although no worker came to note it. */
function cancellationOf({ state, details }: QueuedGeneration): Generation['cancellation'] {
  return state === 'succeeded' && details.cancellation ? 'too_late' : details.cancellation;
}

function toFailure(stored: string): Generation['failure'] {
  const reason = FailureReason.parse(stored);
  return { reason, message: FAILURES[reason] };
}
