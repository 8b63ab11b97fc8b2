/**
 * A provider said that it delivered, but what came cannot be placed: unreachable, from a host that it has no business
 * with, truncated, of the wrong shape, blank. The message says what, for the operator's log; people are told
 * `FAILURES.bad_output`.
 */
export class BadOutput extends Error {
  override readonly name = 'BadOutput';
  readonly reason = 'bad_output';
}
