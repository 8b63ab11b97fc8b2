import * as z from 'zod/mini';

/**
 * Why a generation ended without its pictures, in words that a designer can act on. Those up to `provider_error` are the
 * ten classes that every provider's errors are mapped onto, where a refused input is either the prompt or a picture that
 * went in; the rest are our own. Whatever the class, the hold is released in full.
 */
export const FAILURES = {
  rate_limited: 'The model is busy right now. Nothing was charged: try again in a minute.',
  capacity: 'The model has no free capacity right now. Nothing was charged: try again soon, or pick another model.',
  moderated_input: 'The model refused the prompt. Nothing was charged: reword it and try again.',
  moderated_reference:
    'The model refused a picture that you gave it. Nothing was charged: take another reference and try again.',
  moderated_output:
    'The model made a picture but refused to hand it out. Nothing was charged: try another seed or wording.',
  invalid_input:
    'The model does not accept these settings. Nothing was charged: change the size or the options, or shorten the prompt.',
  auth: 'This model is not available right now. Nothing was charged: pick another model.',
  out_of_balance: 'This model is not available right now. Nothing was charged: pick another model.',
  model_gone: 'This model is no longer served. Nothing was charged: pick another model.',
  timeout: 'The model took too long. Nothing was charged: try again.',
  provider_error: 'The model failed. Nothing was charged: try again, or pick another model.',
  bad_output: 'The picture arrived damaged. Nothing was charged: try again.',
  input_gone: 'A picture that you gave is not kept any more. Nothing was charged: add it again and try again.',
  interrupted: 'We lost track of this picture while asking for it. Nothing was charged: try again.',
  cancelled: 'Cancelled. Nothing was charged.',
} as const;

export type FailureReason = keyof typeof FAILURES;
export const FailureReason = z.enum(Object.keys(FAILURES) as [FailureReason, ...FailureReason[]]);
