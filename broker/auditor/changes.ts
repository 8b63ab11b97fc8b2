/** The most pools that wait to be sampled, or are known to have been. What finds no room is seen by the daily walk. */
const MOST = 10_000;

/** A pool that changes all the time is looked at no more often than this, in ms, so that it does not hide the others. */
const REST_MS = 60_000;

/** Pools that have changed, for whoever samples them. */
export interface Changes {
  note(poolId: string): void;
  /**
   * Takes a pool that was never taken, the newest change first, or else the one that was taken longest ago, once it has
   * rested: so however many are busy, each has its turn. Undefined when there is none.
   */
  take(): string | undefined;
}

/** @param clock ms since 1970 */
export function createChanges(clock: () => number): Changes {
  const changed = new Set<string>();
  /** When each was taken, oldest first. */
  const taken = new Map<string, number>();

  function longestRested(now: number): string | undefined {
    for (const [poolId, at] of taken) {
      if (at > now - REST_MS) return undefined;
      if (changed.has(poolId)) return poolId;
    }
    return undefined;
  }

  return {
    note(poolId) {
      changed.delete(poolId);
      changed.add(poolId);
      const [oldest] = changed;
      if (changed.size > MOST && oldest !== undefined) changed.delete(oldest);
    },
    take() {
      const now = clock();
      const poolId = [...changed].findLast((candidate) => !taken.has(candidate)) ?? longestRested(now);
      if (poolId === undefined) return undefined;
      changed.delete(poolId);
      taken.delete(poolId);
      taken.set(poolId, now);
      const [oldest] = taken.keys();
      if (taken.size > MOST && oldest !== undefined) taken.delete(oldest);
      return poolId;
    },
  };
}
