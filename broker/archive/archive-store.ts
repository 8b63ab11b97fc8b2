/**
 * Where entries go that the ledger keeps no longer: a folder, or any object storage. Names are paths of
 * `[A-Za-z0-9_.-]` parts with slashes between.
 */
export interface ArchiveStore {
  /** Keeps all of the bytes or nothing, in place of what had the name before. When it resolves, they outlive a power cut. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** @returns null when nothing has that name. */
  get(name: string): Promise<Uint8Array | null>;
  /** The names in a folder of the store, without the folder, in no order. */
  list(folder: string): AsyncIterable<string>;
}
