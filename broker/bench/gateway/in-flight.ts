/** How long calls took, in ms, and how many ended in a second. */
export interface Measured {
  readonly p50: number;
  readonly p90: number;
  readonly perSecond: number;
  /** Calls that brought no picture. */
  readonly failed: number;
}

/** Makes so many calls, as many at once as are to be in flight: a new one starts when one has ended. */
export async function measureInFlight(
  inFlight: number,
  calls: number,
  call: (index: number) => Promise<unknown>,
): Promise<Measured> {
  const waits: number[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(inFlight, calls) }, async () => {
      while (next < calls) {
        const index = next;
        next += 1;
        const began = performance.now();
        const failure = await call(index).then(
          () => null,
          (error: unknown) => error,
        );
        if (failure) failures.push(failure);
        waits.push(performance.now() - began);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return { p50: at(0.5), p90: at(0.9), perSecond: (calls - failures.length) / seconds, failed: failures.length };
}
