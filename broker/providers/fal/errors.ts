import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** Types of fal's infrastructure errors and of model faults that are not about the input (docs.fal.ai/errors). */
const BY_TYPE = new Map<string, FailureReason>([
  ['runner_scheduling_failure', 'capacity'],
  ['runner_connection_timeout', 'capacity'],
  ['runner_connection_refused', 'capacity'],
  ['request_timeout', 'timeout'],
  ['startup_timeout', 'timeout'],
  ['generation_timeout', 'timeout'],
  ['client_cancelled', 'cancelled'],
  ['client_disconnected', 'cancelled'],
  ['concurrent_requests_limit', 'rate_limited'],
  ['downstream_service_error', 'provider_error'],
  ['downstream_service_unavailable', 'capacity'],
  ['internal_server_error', 'provider_error'],
  ['internal_error', 'provider_error'],
]);

/** What an HTTP status and body of fal's mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { detail, error_type: errorType } = parsed.success ? parsed.data : {};
  const faults = Array.isArray(detail) ? detail : [];
  const sentence = typeof detail === 'string' ? detail : '';
  const words = faults.map(({ type, msg, loc }) => `${type} at ${loc?.join('.') ?? '?'}: ${msg ?? ''}`).join('; ');
  const cause = causeOf(status, errorType, sentence || words);
  return { reason: moderation(faults) ?? byType(errorType, faults) ?? byStatus(status, sentence), cause };
}

type Faults = Exclude<Extract<ReturnType<typeof ErrorBody.parse>['detail'], unknown[]>, string>;

/**
 * fal has one type for whatever its filters refuse. It names the place: in the request's body the prompt or a field with
 * a picture, anything else is the result. (Recorded for prompts; for pictures and results an assumption.)
 */
function moderation(faults: Faults): FailureReason | undefined {
  const refused = faults.find(({ type }) => type === 'content_policy_violation');
  if (!refused) return undefined;
  const [place = 'body', field] = refused.loc ?? [];
  if (place !== 'body') return 'moderated_output';
  return /image|mask|video/.test(String(field)) ? 'moderated_reference' : 'moderated_input';
}

function byType(errorType: string | undefined, faults: Faults): FailureReason | undefined {
  return [errorType ?? '', ...faults.map(({ type }) => type)].map((type) => BY_TYPE.get(type)).find(Boolean);
}

function byStatus(status: number, sentence: string): FailureReason {
  // "User is locked. Reason: Exhausted balance. …", "Reason: TOP_UP." (fal-ai/fal issues, 2026-06 to 09)
  if (status === 403 && /locked|balance|top.?up/i.test(sentence)) return 'out_of_balance';
  return reasonOf(status);
}
