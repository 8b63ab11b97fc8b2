import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Begins work in the background that leaves most of the time to whoever waits for an answer. Call what it returns between
 * two portions: it rests so many times as long as the portion took, or not at all once `signal` has aborted.
 */
export function atEase(times: number, signal: AbortSignal): () => Promise<void> {
  let begun = performance.now();
  return async () => {
    const took = performance.now() - begun;
    await sleep(times * took, undefined, { signal, ref: false }).catch(() => undefined);
    begun = performance.now();
  };
}
