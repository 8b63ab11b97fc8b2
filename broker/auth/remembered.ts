/** What was verified once and stays true until it expires, so that it need not be verified with each request. */
export interface Remembered<Value> {
  recall(key: string, now: number): Value | undefined;
  /** @param expiresAt ms since 1970 */
  keep(key: string, value: Value, expiresAt: number): void;
}

/** Keeps the newest `most` of them. */
export function createRemembered<Value>(most: number): Remembered<Value> {
  const kept = new Map<string, { readonly value: Value; readonly expiresAt: number }>();
  return {
    recall(key, now) {
      const known = kept.get(key);
      return known && known.expiresAt > now ? known.value : undefined;
    },
    keep(key, value, expiresAt) {
      if (kept.size >= most) forgetOldest(kept);
      kept.set(key, { value, expiresAt });
    },
  };
}

/** A map hands out its keys in the order in which they came. */
function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
