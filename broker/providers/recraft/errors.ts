import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/**
 * Recraft lists no codes: its document names the two fields of an error and nothing else. So these words are all that
 * there is to go by, and whatever has none of them counts by its status.
 */
const BY_WORDS: readonly [words: RegExp, reason: FailureReason][] = [
  [/(not.?enough|insufficient).?(credits|units|balance)/i, 'out_of_balance'],
  [/image was (flagged|rejected|refused|moderated)|(nsfw|inappropriate) image/i, 'moderated_reference'],
  [/nsfw|moderat|inappropriate|prohibited|safety/i, 'moderated_input'],
  [/(unknown|unsupported|invalid|deprecated).?model|model.*(not (found|supported|available)|unknown)/i, 'model_gone'],
];

/** What an HTTP status and body of Recraft's mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { code, message } = parsed.success ? parsed.data : {};
  const cause = causeOf(status, code, message);
  const isAboutTheRequest = status >= 400 && status < 500 && status !== 401 && status !== 429;
  const byWords = isAboutTheRequest ? BY_WORDS.find(([words]) => words.test(cause))?.[1] : undefined;
  return { reason: byWords ?? reasonOf(status), cause };
}
