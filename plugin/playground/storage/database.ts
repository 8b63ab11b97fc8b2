import type { KeyValueStore } from '../api/services.ts';
import type { EditorState } from '../document/editor.ts';
import type { Asset } from '../document/images.ts';

/** Raised when records change shape: the document of another version is dropped, what plugins stored stays. */
const VERSION = 1;
const STATE_KEY = 'file';

export interface Database {
  readState(): Promise<EditorState | undefined>;
  readAssets(): Promise<readonly Asset[]>;
  /** State and new assets in one transaction; done when it is on disk. */
  write(state: EditorState, assets: readonly Asset[]): Promise<void>;
  /** Drops the document and its assets; what plugins stored for the person stays. */
  clearDocument(): Promise<void>;
  clientStorage(pluginId: string): KeyValueStore;
}

/** Everything the playground keeps, in one IndexedDB of this origin. */
export async function openDatabase(factory: IDBFactory, name = 'playground'): Promise<Database> {
  const opening = factory.open(name, VERSION);
  opening.onupgradeneeded = () => {
    const { result } = opening;
    for (const store of ['state', 'assets']) {
      if (result.objectStoreNames.contains(store)) result.deleteObjectStore(store);
      result.createObjectStore(store);
    }
    if (!result.objectStoreNames.contains('client-storage')) result.createObjectStore('client-storage');
  };
  const database = await settled(opening);

  const read = <T>(store: string, work: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    settled(work(database.transaction(store).objectStore(store)));

  const change = (stores: readonly string[], work: (transaction: IDBTransaction) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction([...stores], 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser could not store the document'));
      work(transaction);
    });

  return {
    readState: () => read<EditorState | undefined>('state', (objects) => objects.get(STATE_KEY)),
    readAssets: () => read<Asset[]>('assets', (objects) => objects.getAll()),
    write: (state, assets) =>
      change(['state', 'assets'], (transaction) => {
        transaction.objectStore('state').put(state, STATE_KEY);
        for (const asset of assets) transaction.objectStore('assets').put(asset, asset.hash);
      }),
    clearDocument: () =>
      change(['state', 'assets'], (transaction) => {
        transaction.objectStore('state').clear();
        transaction.objectStore('assets').clear();
      }),
    clientStorage: (pluginId) => ({
      get: (key) => read<unknown>('client-storage', (objects) => objects.get([pluginId, key])),
      set: (key, value) =>
        change(['client-storage'], (transaction) =>
          transaction.objectStore('client-storage').put(value, [pluginId, key]),
        ),
      delete: (key) =>
        change(['client-storage'], (transaction) => transaction.objectStore('client-storage').delete([pluginId, key])),
      keys: async () => {
        const range = IDBKeyRange.bound([pluginId], [pluginId, []]);
        const keys = await read('client-storage', (objects) => objects.getAllKeys(range));
        return keys.map((key) => String((key as [string, string])[1]));
      },
    }),
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser refused its database'));
  });
}
