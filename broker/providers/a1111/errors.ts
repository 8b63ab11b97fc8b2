import { ProviderFault } from '../provider.ts';
import { causeOf, type Refusal, reasonOf, refusedSubmit } from '../refusal.ts';
import type { Answer } from '../transport.ts';
import { ErrorBody } from './wire.ts';

/** What an HTTP status and body mean. */
export function readRefusal({ status, body }: Pick<Answer, 'status' | 'body'>): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { error, errors, detail } = parsed.success ? parsed.data : {};
  const faults = Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ') : detail;
  return { reason: reasonOf(status), cause: causeOf(status, error, errors, faults) };
}

/**
 * A submit that was answered with an error. An error of the server's own, such as `OutOfMemoryError`, is said when the
 * drawing has ended, so that nothing goes on behind it.
 */
export function refusedDrawing(answer: Answer): ProviderFault {
  const refusal = readRefusal(answer);
  const parsed = ErrorBody.safeParse(answer.body);
  if (!parsed.success || !parsed.data.error) return refusedSubmit(answer, refusal);
  return new ProviderFault(refusal.reason, { cause: refusal.cause, outcomeUnknown: false });
}
