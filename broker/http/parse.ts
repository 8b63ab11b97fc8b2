import * as z from 'zod/mini';
import { InkpotError } from '../../shared/errors.ts';

/**
 * Parses what came in from outside against its schema; from here on its type is exact.
 * @throws InkpotError `invalid_request`, naming each field that is wrong.
 */
export function parseInput<Schema extends z.core.$ZodType>(schema: Schema, input: unknown): z.core.output<Schema> {
  const parsed = z.safeParse(schema, input ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({ path: issue.path.join('.') || 'body', message: issue.message }));
  const first = faults[0];
  throw new InkpotError('invalid_request', {
    detail: first ? `${first.path}: ${first.message}` : undefined,
    faults,
  });
}
