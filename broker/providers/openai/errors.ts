import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** Codes and types of errors whose status alone would mislead (openai-openapi "Error codes"; seen in the wild). */
const BY_CODE = new Map<string, FailureReason>([
  // Said with 429, like a rate that is too high, but waiting does not help.
  ['insufficient_quota', 'out_of_balance'],
  ['billing_hard_limit_reached', 'out_of_balance'],
  ['billing_not_active', 'out_of_balance'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['invalid_api_key', 'auth'],
  ['model_not_found', 'model_gone'],
]);

const MODERATED = new Set(['moderation_blocked', 'content_policy_violation']);

/** What an HTTP status and body of OpenAI's mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { message, type, param, code, moderation_details: moderation } = parsed.success ? parsed.data.error : {};
  const stage = moderation?.moderation_stage;
  const cause = causeOf(status, type, code, param, stage && `stage=${stage}`, message);
  if (MODERATED.has(code ?? '')) return { reason: moderated(stage, message ?? ''), cause };
  return { reason: BY_CODE.get(code ?? '') ?? BY_CODE.get(type ?? '') ?? reasonOf(status), cause };
}

/**
 * The stage is `input`, `output` or `unknown`. That a picture was what it refused stands only in the sentence ("Your
 * input image may contain content that is not allowed by our safety system").
 */
function moderated(stage: string | null | undefined, message: string): FailureReason {
  if (stage === 'output') return 'moderated_output';
  return /\b(input|uploaded|provided|reference) images?\b/i.test(message) ? 'moderated_reference' : 'moderated_input';
}
