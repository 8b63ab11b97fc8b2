import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** What an HTTP status and body of BFL's mean (docs.bfl.ai "Errors"): a sentence, or FastAPI's list of faults. */
export function readRefusal(status: number, body: unknown): Refusal {
  const { success, data } = ErrorBody.safeParse(body);
  const detail = success ? data.detail : '';
  const words =
    typeof detail === 'string' ? detail : detail.map(({ type, msg, loc }) => `${type} at ${loc.join('.')}: ${msg}`);
  return { reason: reasonOf(status), cause: causeOf(status, String(words)) };
}
