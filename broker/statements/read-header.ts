import type { z } from 'zod';

/**
 * The pool that the first line of a file names.
 * @throws Error in words for a line that is damaged.
 */
export function readHeader(line: string, schema: z.ZodType<{ readonly pool: string }>): string {
  const header = schema.safeParse(parsed(line));
  if (!header.success) throw new Error('The first line of the file is damaged, and nothing can be checked without it');
  return header.data.pool;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
