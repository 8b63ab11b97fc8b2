import { isValid, ulid } from 'ulid';

/**
 * A generation's id names its pool, so that its record is found in one slot without an index that could be behind:
 * `<pool>-<ulid>`.
 */
export function newGenerationId(poolId: string, now: number): string {
  return `${poolId}-${ulid(now).toLowerCase()}`;
}

/** The pool that a generation's id names; null for what cannot be such an id. */
export function poolOfGeneration(generationId: string): string | null {
  const [poolId, own, ...rest] = generationId.split('-');
  if (!poolId || !own || rest.length > 0) return null;
  return isValid(poolId.toUpperCase()) && isValid(own.toUpperCase()) ? poolId : null;
}
