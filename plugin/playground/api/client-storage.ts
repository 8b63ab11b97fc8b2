import { type Live, live } from '../sandbox/live.ts';
import { copyMessage } from '../sandbox/message-codec.ts';
import { asString } from './checks.ts';
import type { KeyValueStore } from './services.ts';

/** "5 MB in total" per plugin. */
const STORAGE_QUOTA = 5 * 1024 * 1024;

/** What an entry counts, in bytes (assumption `storage-size`). */
function entrySize(key: string, value: unknown): number {
  let bytes = 0;
  const json = JSON.stringify(value, (_name, item: unknown) => {
    if (!(item instanceof Uint8Array)) return item;
    bytes += item.length;
    return 0;
  });
  return bytes + new TextEncoder().encode(key + (json ?? '')).length;
}

export function createClientStorage(storage: KeyValueStore): Live {
  /** Writes are one after the other, so that two at once cannot both fit into what is left. */
  let writing: Promise<unknown> = Promise.resolve();

  const write = async (key: string, value: unknown): Promise<void> => {
    let used = 0;
    for (const other of await storage.keys()) {
      if (other !== key) used += entrySize(other, await storage.get(other));
    }
    /** Assumption `storage-wording`. */
    if (used + entrySize(key, value) > STORAGE_QUOTA) {
      throw new Error('Storage quota exceeded: a plugin can store up to 5 MB');
    }
    await storage.set(key, value);
  };

  return live(
    'clientStorage',
    {
      getAsync: { call: async (_self, key) => storage.get(asString(key, 'key')) },
      setAsync: {
        call: async (_self, key, value) => {
          const [name, copy] = [asString(key, 'key'), copyMessage(value)];
          const done = writing.then(() => write(name, copy));
          writing = done.catch(() => undefined);
          return done;
        },
      },
      deleteAsync: { call: async (_self, key) => storage.delete(asString(key, 'key')) },
      keysAsync: { call: async () => storage.keys() },
    },
    undefined,
  );
}
