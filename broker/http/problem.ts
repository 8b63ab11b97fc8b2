import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { ERRORS, InkpotError, toProblem } from '../../shared/errors.ts';
import { loggedPath } from './request-log.ts';

/** Answers with the problem document of an error (RFC 9457 §3). Its cause stays in the log. */
function sendProblem(res: Response, error: InkpotError): void {
  const { retryAfterSeconds } = error.details;
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.ceil(retryAfterSeconds)));
  res
    .status(ERRORS[error.code].status)
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(error, requestId(res))));
}

/** The last handler of the API: whatever was thrown becomes a problem document, and what we did not expect is logged. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    const known = toInkpotError(error);
    logProblem(logger, known, error, { requestId: requestId(res), path: loggedPath(req.path) });
    sendProblem(res, known);
  };
}

/** What nobody expected is an error; what Redis or Stripe did, a warning; what a caller did, information. */
function logProblem(logger: Logger, known: InkpotError, thrown: unknown, where: object): void {
  const { code, details } = known;
  if (code === 'internal') logger.error({ ...where, err: thrown }, 'unexpected error');
  else if (details.cause === undefined) return;
  else if (ERRORS[code].status >= 500) logger.warn({ ...where, err: details.cause }, code);
  // A library's error about what a caller sent may carry it, so only its kind is told.
  else logger.info({ ...where, cause: kindOf(details.cause) }, code);
}

function kindOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  const { type, code, name } = Object(cause) as Readonly<Record<'type' | 'code' | 'name', unknown>>;
  return String(type ?? code ?? name);
}

/** Answers a path that no route took. */
export const notFound: RequestHandler = (req) => {
  throw new InkpotError('not_found', { detail: `There is nothing at ${req.path}.` });
};

/** Answers a known path asked with a method that it does not have. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return (_req, res) => {
    res.set('Allow', allowed.join(', '));
    throw new InkpotError('method_not_allowed', { detail: `Use ${allowed.join(' or ')}.` });
  };
}

/** The id that the log has for this request, so that a person can quote it. */
export function requestId(res: Response): string | undefined {
  const id = res.getHeader('X-Request-Id');
  return typeof id === 'string' ? id : undefined;
}

/** Errors of Express's own parsers carry a status and a type (body-parser's README, "Errors"). */
export function toInkpotError(error: unknown): InkpotError {
  if (error instanceof InkpotError) return error;
  const status = statusOf(error);
  if (status === 413) return new InkpotError('payload_too_large');
  if (status !== undefined && status >= 400 && status < 500) {
    return new InkpotError('invalid_request', {
      detail: 'The request could not be read: send a valid address, and JSON in UTF-8.',
      cause: error,
    });
  }
  return new InkpotError('internal', { cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
