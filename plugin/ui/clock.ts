/** Resolves after so many ms, or rejects with the signal's reason when that comes first. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** ms since 1970 */
export type Now = () => number;

export const wait: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
