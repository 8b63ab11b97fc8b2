import * as z from 'zod/mini';

/**
 * Every way in which the broker can say no: a stable code that callers switch on, its HTTP status, and words for the
 * person who reads it. A code is never renamed and never reused.
 */
export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  idempotency_key_missing: { status: 400, title: 'The Idempotency-Key header is missing' },
  unauthenticated: { status: 401, title: 'Sign in to continue' },
  insufficient_credits: { status: 402, title: 'Not enough credits: top up to continue' },
  forbidden: { status: 403, title: 'You may not do this' },
  pool_frozen: { status: 403, title: 'This pool is frozen: ask its owner' },
  cap_reached: { status: 403, title: 'You have reached your limit in this pool: ask its owner' },
  budget_spent: { status: 403, title: 'The budget of this project is spent: ask the owner of the pool' },
  not_a_member: { status: 403, title: 'You are not a member of this pool' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  conflict: { status: 409, title: 'This was changed in the meantime: reload and try again' },
  idempotency_key_in_use: { status: 409, title: 'The first request with this key is still running' },
  not_ready: { status: 409, title: 'The result is not ready yet' },
  quote_expired: { status: 409, title: 'The price has expired: ask for it again' },
  model_unavailable: { status: 410, title: 'This model is not offered any more: pick another' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  idempotency_key_reused: { status: 422, title: 'This key was used for a different request' },
  quote_mismatch: { status: 422, title: 'The price was for different settings: ask for it again' },
  unknown_picture: { status: 422, title: 'A picture that you gave is not kept any more: add it again' },
  unreadable_picture: { status: 422, title: 'The picture cannot be read' },
  unsupported_setting: { status: 422, title: 'The model cannot do this' },
  too_many_holds: { status: 429, title: 'Too many generations at once: wait for one to finish' },
  rate_limited: { status: 429, title: 'Too many requests: wait a moment' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  broker_busy: { status: 503, title: 'Inkpot is busy: try again in a moment' },
  spending_paused: { status: 503, title: 'New generations are paused for a while' },
  top_up_not_configured: { status: 503, title: 'Top-up is not configured on this broker' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** The error body: problem details (RFC 9457 §3) with our `code`, and seconds to wait where waiting helps. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(codes),
  detail: z.optional(z.string()),
  /** The request's id, for a question to whoever hosts the broker. */
  instance: z.optional(z.string()),
  /** Seconds to wait before trying again. */
  retryAfter: z.optional(z.number()),
  /** For `invalid_request` and `unsupported_setting`: which fields, and what to do about each. */
  faults: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
});
export type Problem = z.infer<typeof Problem>;

/** What an {@link InkpotError} may add to its code. */
export interface ErrorDetails {
  /** What this person can do about this case. Shown to people, so it names no provider and no secret. */
  readonly detail?: string;
  /** What the operator needs. It goes to the log only. */
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
  readonly faults?: readonly { path: string; message: string }[];
}

/** The only error that our own code throws on purpose; callers switch on `code`. */
export class InkpotError extends Error {
  override readonly name = 'InkpotError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.detail ?? ERRORS[code].title, { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** The problem document of an error, as it goes over the wire. */
export function toProblem(error: InkpotError, instance?: string): Problem {
  const { status, title } = ERRORS[error.code];
  const { detail, retryAfterSeconds, faults } = error.details;
  return {
    type: `https://inkpot.example/problems/${error.code}`,
    title,
    status,
    code: error.code,
    ...(detail && { detail }),
    ...(instance && { instance }),
    ...(retryAfterSeconds !== undefined && { retryAfter: retryAfterSeconds }),
    ...(faults && { faults: [...faults] }),
  };
}
