import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** What an HTTP status and body of Replicate's mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const { success, data } = ErrorBody.safeParse(body);
  const { title = '', detail = '' } = success ? data : {};
  const isGone = status === 422 && /^invalid version or not permitted/i.test(title);
  return { reason: isGone ? 'model_gone' : reasonOf(status), cause: causeOf(status, title, detail) };
}

/** What models say when they fail, which comes as a sentence (from its users' issues and its help pages). */
const SENTENCES: readonly [words: RegExp, reason: FailureReason][] = [
  [/nsfw content detected/i, 'moderated_output'],
  [/\(E005\)|flagged as sensitive|content policy|moderat/i, 'moderated_input'],
  [/\(E003\)|high demand|at capacity/i, 'capacity'],
  [/timed? ?out/i, 'timeout'],
];

/** Why a prediction failed. */
export function readFailure(error: unknown): Refusal {
  const cause = causeOf(typeof error === 'string' ? error : JSON.stringify(error));
  return { reason: SENTENCES.find(([words]) => words.test(cause))?.[1] ?? 'provider_error', cause };
}
