import * as z from 'zod/mini';
import { StoredSession } from '../../shared/bridge/kept.ts';

const PanelSize = z.object({ width: z.number(), height: z.number() });
type PanelSize = z.infer<typeof PanelSize>;

/** What stays on this person's machine between runs. Figma keeps it per plugin, 5 MB in all. */
export const storage = {
  session: slot('session', StoredSession),
  preferences: slot('preferences', z.string()),
  panelSize: slot<PanelSize>('panel', PanelSize),
};

interface Slot<Value> {
  /** Null when there is nothing, or nothing that this version can read. */
  read(): Promise<Value | null>;
  /**
   * Resolves once the value is stored; null forgets it.
   * @throws when Figma's storage is full.
   */
  write(value: Value | null): Promise<void>;
}

function slot<Value>(key: string, schema: z.ZodMiniType<Value>): Slot<Value> {
  return {
    async read() {
      const parsed = z.safeParse(schema, await figma.clientStorage.getAsync(key));
      return parsed.success ? parsed.data : null;
    },
    write: (value) =>
      value === null ? figma.clientStorage.deleteAsync(key) : figma.clientStorage.setAsync(key, value),
  };
}
