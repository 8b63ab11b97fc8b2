import type { FailureReason } from '../../shared/failures.ts';
import { ProviderFault } from './provider.ts';
import type { Answer } from './transport.ts';

/** A provider's error in our words, and in its own for the log. */
export interface Refusal {
  readonly reason: FailureReason;
  readonly cause: string;
}

/** What an HTTP status means where the body says nothing more. */
export function reasonOf(status: number): FailureReason {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return 'invalid_input';
    case 401:
    case 403:
      return 'auth';
    case 402:
      return 'out_of_balance';
    case 404:
    case 410:
      return 'model_gone';
    case 408:
    case 504:
      return 'timeout';
    case 429:
      return 'rate_limited';
    case 499:
      return 'cancelled';
    case 503:
      return 'capacity';
    default:
      return 'provider_error';
  }
}

/** A provider's words on one line of the log, without what would flood it. */
export function causeOf(...words: readonly (string | number | null | undefined)[]): string {
  return words.filter(Boolean).join(' ').replace(/\s+/g, ' ').trim().slice(0, 1_000);
}

/** A request of which nothing is sent: its path is not known here, or takes less than is asked. */
export function notSent(reason: 'model_gone' | 'invalid_input', cause: string): ProviderFault {
  return new ProviderFault(reason, { cause, outcomeUnknown: false });
}

/** A submit that was answered with an error: a 503 is said before anything begins, after any other 5xx nobody knows. */
export function refusedSubmit({ status }: Answer, { reason, cause }: Refusal): ProviderFault {
  return new ProviderFault(reason, { cause, outcomeUnknown: status >= 500 && status !== 503 });
}

/** A question that was answered with an error, which changes nothing about the job. */
export function refusedQuestion({ reason, cause }: Refusal): ProviderFault {
  return new ProviderFault(reason, { cause, outcomeUnknown: false });
}
