import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** What an HTTP status and body of Stability's mean. 403 is its filters' alone; a wrong key is 401. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { name, errors } = parsed.success ? parsed.data : {};
  const cause = causeOf(status, name, ...(errors ?? []));
  // It is said of the request as a whole: whether it was the words or the picture is not.
  if (name === 'content_moderation') return { reason: 'moderated_input', cause };
  return { reason: reasonOf(status), cause };
}
