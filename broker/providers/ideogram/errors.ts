import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** What an HTTP status and body of Ideogram's mean (developer.ideogram.ai "Errors and Billing"). */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { error, message, detail, reject_reason } = parsed.success ? parsed.data : {};
  const words = causeOf(error, message, detail);
  return { reason: reasonFor(status, words), cause: causeOf(status, reject_reason, words) };
}

function reasonFor(status: number, words: string): FailureReason {
  // Only the safety check says 422: "Prompt failed the safety check", "Prompt or provided image failed safety check".
  if (status === 422) return /prompt/i.test(words) || !/image/i.test(words) ? 'moderated_input' : 'moderated_reference';
  // The key is good, but not for this endpoint or model.
  if (status === 403) return 'model_gone';
  return reasonOf(status);
}
