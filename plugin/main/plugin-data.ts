import * as z from 'zod/mini';

/** Reads a JSON value from plugin data; null when there is none, or when it is not what the schema says. */
export function readPluginData<Schema extends z.ZodMiniType>(
  holder: Pick<PluginDataMixin, 'getPluginData'>,
  key: string,
  schema: Schema,
): z.infer<Schema> | null {
  const text = holder.getPluginData(key);
  if (text === '') return null;
  try {
    const parsed = z.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: written by an older version, or cut off. It is as good as absent.
    return null;
  }
}
