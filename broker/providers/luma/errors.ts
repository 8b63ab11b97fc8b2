import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { ErrorBody } from './wire.ts';

/** Says that there is nothing left to pay with, and does not merely speak of credits. */
const OUT_OF_CREDITS = /\b(insufficient|not enough|out of) credits?\b/i;

/** Says that the model itself is not there, unlike "concepts are not supported for this model" (issue 7989 of Comfy-Org/ComfyUI). */
const NO_MODEL =
  /^(\d{3}: )?(the )?model( \S+)? (is )?(not (supported|valid|found)|invalid|unsupported)\b|^(\d{3}: )?(invalid|unsupported|unknown) model\b/i;

/** What an HTTP status and body of Luma's mean: much comes as 400 with a sentence. */
export function readRefusal(status: number, body: unknown): Refusal {
  const { success, data } = ErrorBody.safeParse(body);
  const detail = success ? data.detail : '';
  const words = typeof detail === 'string' ? detail : detail.map(({ msg }) => msg).join('; ');
  const cause = causeOf(status, words);
  if (status !== 400) return { reason: reasonOf(status), cause };
  if (OUT_OF_CREDITS.test(words)) return { reason: 'out_of_balance', cause };
  if (/moderat/i.test(words)) return { reason: 'moderated_input', cause };
  return { reason: NO_MODEL.test(words) ? 'model_gone' : 'invalid_input', cause };
}

/**
 * Why a generation failed, which is a sentence: "Advanced moderation failed", "400: failed to moderate image" (issues 7
 * and 9 of lumalabs/ComfyUI-LumaAI-API).
 */
export function readFailure(reason: string | null | undefined): Refusal {
  const cause = causeOf(reason ?? 'failed without a reason');
  if (!/moderat/i.test(cause)) return { reason: 'provider_error', cause };
  if (/output|result|generated/i.test(cause)) return { reason: 'moderated_output', cause };
  return { reason: /image|frame/i.test(cause) ? 'moderated_reference' : 'moderated_input', cause };
}
