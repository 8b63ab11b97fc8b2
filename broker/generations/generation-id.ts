import { randomBytes } from 'node:crypto';
import { decodeTime, ulid } from 'ulid';

/** `<pool>-<ulid>`, both ULIDs in lower case: an id comes out of URLs and becomes part of key names. */
const ID = /^([0-9a-z]{26})-[0-9a-z]{26}$/;

const ULID_LENGTH = 26;

/** A ULID ends with 80 random bits, 5 in each character. */
const RANDOM_CHARACTERS = 16;

/** What is new in a new generation's id. It can be fixed before the request's pool is known. */
export function newSuffix(now: number): string {
  // Drawn at once: left to itself, the library asks the system sixteen times.
  const random = randomBytes(RANDOM_CHARACTERS).values();
  return ulid(now, () => (random.next().value ?? 0) / 256).toLowerCase();
}

/**
 * A generation's id names its pool, so that its record is found in one slot without an index that could be behind:
 * `<pool>-<suffix>`.
 */
export function generationIdIn(poolId: string, suffix: string): string {
  return `${poolId}-${suffix}`;
}

/** When a generation was made, in ms since 1970, by its id; null for what cannot be such an id. */
export function timeOfGeneration(generationId: string): number | null {
  return ID.test(generationId) ? decodeTime(generationId.slice(-ULID_LENGTH).toUpperCase()) : null;
}

/** The pool that a generation's id names; null for what cannot be such an id. */
export function poolOfGeneration(generationId: string): string | null {
  return ID.exec(generationId)?.[1] ?? null;
}
