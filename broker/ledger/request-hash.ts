import { createHash } from 'node:crypto';

/** A digest of what an operation asks for, so that an id used again for something else is found out. */
export function requestHash(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
