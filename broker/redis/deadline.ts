/** A call that took longer than its caller can wait. Whether it was carried out is unknown. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Waits for `call`, but at most `ms` milliseconds. The call itself goes on: what it does later is nobody's answer, so
 * only use this around what is safe to repeat. Needed because the library's own timeout covers only commands that have
 * not been written; the reply of a written one may never come.
 *
 * @throws DeadlineError after `ms`; whatever `call` throws before.
 */
export function withDeadline<T>(ms: number, call: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(`no answer within ${ms} ms`)), ms);
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
