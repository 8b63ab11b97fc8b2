import type { FailureReason } from '../../../shared/failures.ts';
import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** Sentences by which Google's filters refuse a prompt that is otherwise well formed. */
const REFUSED_WORDS = /responsible ai|usage guidelines|safety (polic|filter)|violat\w* .*\bpolic(y|ies)\b/i;

/** Sentences that say that it was a picture that went in ("… because the input image violates …"; seen in the field). */
const REFUSED_PICTURE = /(input|reference|uploaded) image/i;

/** What an HTTP status and body of Google's mean (ai.google.dev/gemini-api/docs/troubleshooting). */
export function readRefusal(httpStatus: number, body: unknown): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { message, status, details } = parsed.success ? parsed.data.error : {};
  const quotas = (details ?? []).flatMap(({ violations }) => violations ?? []).flatMap(({ quotaId }) => quotaId ?? []);
  const reasons = (details ?? []).flatMap(({ reason }) => reason ?? []);
  const cause = causeOf(httpStatus, status, ...reasons, ...quotas, message);
  return { reason: meaningOf(httpStatus, cause), cause };
}

function meaningOf(httpStatus: number, cause: string): FailureReason {
  switch (httpStatus) {
    case 400:
      // A key that is wrong or has expired is a bad argument here (seen in the field, not documented).
      if (/API_KEY_INVALID|API key (not valid|expired)/i.test(cause)) return 'auth';
      if (/FAILED_PRECONDITION/.test(cause)) return /billing/i.test(cause) ? 'out_of_balance' : 'auth';
      if (!REFUSED_WORDS.test(cause)) return 'invalid_input';
      return REFUSED_PICTURE.test(cause) ? 'moderated_reference' : 'moderated_input';
    case 403:
      return /billing/i.test(cause) ? 'out_of_balance' : 'auth';
    case 429:
      // What is used up for the day does not come back in a minute, and the operator can do something about it.
      return /PerDay/.test(cause) ? 'out_of_balance' : 'rate_limited';
    default:
      return reasonOf(httpStatus);
  }
}

/** Codes of google.rpc.Code, as operations have them, and the HTTP status that each stands for. */
const HTTP_BY_CODE = new Map([
  [3, 400],
  [4, 504],
  [5, 404],
  [7, 403],
  [8, 429],
  [9, 400],
  [13, 500],
  [14, 503],
  [16, 401],
]);

/** What the error of an operation that was under way means: the model took the job, so it is not gone. */
export function readOperationError({ code, message }: { code?: number | null; message?: string | null }): Refusal {
  const cause = causeOf(code, message);
  const reason = meaningOf(HTTP_BY_CODE.get(code ?? 0) ?? 500, cause);
  return { reason: reason === 'model_gone' ? 'provider_error' : reason, cause };
}

/** What it means that an operation has ended without videos: its filters say why for each that they took away. */
export function readFiltered(reasons: readonly string[]): Refusal {
  const cause = causeOf(...reasons);
  return { reason: REFUSED_PICTURE.test(cause) ? 'moderated_reference' : 'moderated_output', cause };
}

/** Ends of a candidate that mean that its picture was held back (@google/genai, enum FinishReason). */
const OUTPUT_REFUSED = new Set(['IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION', 'RECITATION', 'SPII']);

/** Ends that mean that the prompt was, while the model was at it. */
const INPUT_REFUSED = new Set(['SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST']);

/** Why a candidate has no picture. */
export function readFinish(finishReason: string, message: string): Refusal {
  const cause = causeOf(finishReason, message);
  if (OUTPUT_REFUSED.has(finishReason)) return { reason: 'moderated_output', cause };
  return { reason: INPUT_REFUSED.has(finishReason) ? 'moderated_input' : 'provider_error', cause };
}

/** Why an answer has no candidates at all (@google/genai, enum BlockedReason): all but one are about the prompt. */
export function readBlock(blockReason: string | null | undefined, message: string): Refusal {
  const cause = causeOf(blockReason ?? 'no candidate', message);
  if (!blockReason) return { reason: 'provider_error', cause };
  return { reason: blockReason === 'IMAGE_SAFETY' ? 'moderated_output' : 'moderated_input', cause };
}
