/** The most pools that wait to be sampled. What finds no room is seen by the daily walk. */
const MOST = 10_000;

/** A pool that changes all the time is looked at no more often than this, in ms, so that it does not hide the others. */
const REST_MS = 60_000;

/** Pools that have changed, for whoever samples them. */
export interface Changes {
  note(poolId: string): void;
  /** Takes the pool that changed last, of those that have rested since they were taken; undefined when there is none. */
  take(): string | undefined;
}

/** @param clock ms since 1970 */
export function createChanges(clock: () => number): Changes {
  const changed = new Set<string>();
  /** When each was taken, oldest first. */
  const taken = new Map<string, number>();

  return {
    note(poolId) {
      changed.delete(poolId);
      changed.add(poolId);
      const [oldest] = changed;
      if (changed.size > MOST && oldest !== undefined) changed.delete(oldest);
    },
    take() {
      const now = clock();
      for (const [poolId, at] of taken) {
        if (at > now - REST_MS) break;
        taken.delete(poolId);
      }
      const poolId = [...changed].findLast((candidate) => !taken.has(candidate));
      if (poolId === undefined) return undefined;
      changed.delete(poolId);
      taken.set(poolId, now);
      return poolId;
    },
  };
}
