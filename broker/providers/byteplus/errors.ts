import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/**
 * ModelArk's codes have families, with a detail after a dot that grows with time, so they are known by their beginnings
 * (docs.byteplus.com/en/docs/ModelArk/1299023, "Error codes").
 */
const BY_CODE: readonly [begins: RegExp, reason: FailureReason][] = [
  [/^Output\w*(Sensitive|Risk)/, 'moderated_output'],
  [/^Input(Image|Video|Audio)\w*(Sensitive|Risk)/, 'moderated_reference'],
  [/^(InputText\w*(Sensitive|Risk)|SensitiveContentDetected)/, 'moderated_input'],
  [/^(AccountOverdue|InsufficientBalance)/, 'out_of_balance'],
  [/^(InvalidEndpointOrModel|ModelNotOpen|ModelNotFound|NotFound)/, 'model_gone'],
  [/^(Authentication|AccessDenied|InvalidAccountStatus)/, 'auth'],
  [/^ServerOverloaded/, 'capacity'],
  [/^(\w*RateLimitExceeded|QuotaExceeded)/, 'rate_limited'],
  [/^(MissingParameter|InvalidParameter|InvalidArgument)/, 'invalid_input'],
];

/** What an HTTP status and body of ModelArk's mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { code, message } = parsed.success ? parsed.data.error : {};
  return { reason: byCode(code) ?? reasonOf(status), cause: causeOf(status, code, message) };
}

/** What the error of one picture, or of a task that was taken, means: the model is there, whatever it says. */
export function readFailure(failure: { code?: string | null; message?: string | null } | null | undefined): Refusal {
  const reason = byCode(failure?.code) ?? 'provider_error';
  const cause = causeOf(failure?.code, failure?.message) || 'it failed without a word';
  return { reason: reason === 'model_gone' ? 'provider_error' : reason, cause };
}

function byCode(code: string | null | undefined): FailureReason | undefined {
  return BY_CODE.find(([begins]) => begins.test(code ?? ''))?.[1];
}
