import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from './callers.ts';
import type { House } from './house.ts';

/** What the broker's process held while heavy pictures went through it, in bytes. */
export interface Memory {
  readonly idle: number;
  /** The most, in each fifth of the time. */
  readonly peaks: readonly number[];
  /** What the pictures in flight weigh together. */
  readonly inFlight: number;
}

const FIFTHS = 5;
const LOOK_EVERY = 100;

/** Keeps so many pictures in flight for so long, and looks at the broker's memory all the while. */
export async function measureMemory(
  house: House,
  call: Caller,
  { inFlight, bytes, seconds }: { inFlight: number; bytes: number; seconds: number },
): Promise<Memory> {
  await sleep(2_000);
  const idle = await house.memory();
  const start = performance.now();
  const passed = () => (performance.now() - start) / (seconds * 1_000);
  const peaks = new Array<number>(FIFTHS).fill(0);
  const looking = (async () => {
    while (passed() < 1) {
      const fifth = Math.min(FIFTHS - 1, Math.floor(passed() * FIFTHS));
      peaks[fifth] = Math.max(peaks[fifth] ?? 0, await house.memory());
      await sleep(LOOK_EVERY);
    }
  })();
  await Promise.all(
    Array.from({ length: inFlight }, async (_, index) => {
      while (passed() < 1) await call(index);
    }),
  );
  await looking;
  return { idle, peaks, inFlight: inFlight * bytes };
}
