import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** What an HTTP status and body of Runway's mean: much comes as 400, in a sentence or by the field at fault. */
export function readRefusal(status: number, body: unknown): Refusal {
  const { success, data } = ErrorBody.safeParse(body);
  const { error, issues = [] } = success ? data : { error: '' };
  const faults = issues.map(({ message, path }) => `${path?.join('.') ?? '?'}: ${message ?? ''}`).join('; ');
  const cause = causeOf(status, error, faults);
  if (status !== 400) return { reason: reasonOf(status), cause };
  // "You do not have enough credits to run this task." (seen by several of its users, 2025 to 2026)
  if (/enough credits/i.test(error)) return { reason: 'out_of_balance', cause };
  const isModel = issues.some(({ path }) => path?.[0] === 'model') || /^model .*(not|no longer)/i.test(error);
  return { reason: isModel ? 'model_gone' : 'invalid_input', cause };
}

/** The codes of tasks that fail, by their beginning (docs.dev.runwayml.com "Task failures"); the first that fits counts. */
const CODES: readonly [start: string, reason: FailureReason][] = [
  ['SAFETY.INPUT.TEXT', 'moderated_input'],
  ['SAFETY.INPUT.', 'moderated_reference'],
  ['SAFETY.OUTPUT', 'moderated_output'],
  ['SAFETY', 'moderated_input'],
  ['INPUT_PREPROCESSING.SAFETY.TEXT', 'moderated_input'],
  ['INPUT_PREPROCESSING.SAFETY', 'moderated_reference'],
  ['INPUT_PREPROCESSING.INTERNAL', 'provider_error'],
  ['INPUT_PREPROCESSING', 'invalid_input'],
  ['ASSET.INVALID', 'invalid_input'],
];

/** Why a task failed. */
export function readFailure(failureCode: string | null | undefined, failure: string | null | undefined): Refusal {
  const code = failureCode ?? '';
  const reason = CODES.find(([start]) => code.startsWith(start))?.[1] ?? 'provider_error';
  return { reason, cause: causeOf(code, failure) };
}
