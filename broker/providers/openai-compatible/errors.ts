import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** Codes of OpenAI's that gateways repeat. */
const BY_CODE = new Map<string, FailureReason>([
  ['moderation_blocked', 'moderated_input'],
  ['content_policy_violation', 'moderated_input'],
  ['insufficient_quota', 'out_of_balance'],
  ['model_not_found', 'model_gone'],
]);

/** What an HTTP status and body mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const error = parsed.success ? parsed.data.error : '';
  if (typeof error === 'string') return { reason: reasonOf(status), cause: causeOf(status, error) };
  const { code, type, message } = error;
  const reason = BY_CODE.get(String(code)) ?? BY_CODE.get(type ?? '') ?? reasonOf(status);
  return { reason, cause: causeOf(status, type, code, message) };
}
