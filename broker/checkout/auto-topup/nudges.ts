export type Nudges = ReturnType<typeof createNudges>;

/** Between the ledger, which is there first, and whoever wants to know that a pool has changed. */
export function createNudges() {
  let listener: (pool: string) => void = () => undefined;
  return {
    /** A pool has changed. Returns at once. */
    note: (pool: string): void => listener(pool),
    listen(next: (pool: string) => void): void {
      listener = next;
    },
  };
}
