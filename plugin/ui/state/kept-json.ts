import * as z from 'zod/mini';

/** Reads what the sandbox kept for us; null when there is nothing, or nothing that this version understands. */
export function readKept<Schema extends z.ZodMiniType>(schema: Schema, text: string | null): z.infer<Schema> | null {
  if (text === null) return null;
  try {
    const parsed = z.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
