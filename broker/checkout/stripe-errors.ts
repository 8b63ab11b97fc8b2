import Stripe from 'stripe';
import { InkpotError } from '../../shared/errors.ts';

const { StripeConnectionError, StripeAPIError, StripeRateLimitError, StripeError } = Stripe.errors;

/**
 * What an error of Stripe's client means here.
 * @throws InkpotError `broker_busy` when Stripe did not answer or could not, `not_found` for what it does not know,
 *   `internal` when it refuses what we ask; any other error as it is.
 */
export function refuse(error: unknown): never {
  if (!(error instanceof StripeError)) throw error;
  const cause = describeError(error);
  if (error.code === 'resource_missing') throw new InkpotError('not_found', { cause });
  const passing = [StripeConnectionError, StripeAPIError, StripeRateLimitError].some((kind) => error instanceof kind);
  if (passing) throw new InkpotError('broker_busy', { cause, retryAfterSeconds: 5 });
  throw new InkpotError('internal', { cause });
}

/** What the log may have of it: the error itself carries headers and bodies. */
export function describeError(error: Stripe.errors.StripeError): object {
  const { type, code, param, statusCode, requestId } = error;
  return { type, code, param, statusCode, requestId };
}
