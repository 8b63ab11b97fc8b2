import { z } from 'zod';

/** JSON in a string, and what it must be; text that is no JSON is an issue like any other. */
export const jsonText = <Schema extends z.core.$ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
