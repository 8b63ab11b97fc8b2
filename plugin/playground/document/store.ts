import { type NodeRecord, newRecord, ROOT_ID } from './record.ts';

export interface Change {
  readonly id: string;
  readonly before: NodeRecord | undefined;
  readonly after: NodeRecord | undefined;
}

/** What is kept when the page is closed. */
export interface DocumentState {
  readonly records: readonly NodeRecord[];
  readonly lastId: number;
}

export interface DocumentStore {
  get(id: string): NodeRecord | undefined;
  /** @throws Error in Figma's words when the node is gone (assumption `removed-wording`). */
  read(id: string): NodeRecord;
  update(id: string, patch: Partial<NodeRecord>): void;
  /** Puts a record in, or takes it out when `record` is undefined. */
  put(id: string, record: NodeRecord | undefined): void;
  newId(): string;
  /** Called synchronously after each write. Returns the way to stop. */
  subscribe(listener: (change: Change) => void): () => void;
  save(): DocumentState;
  load(state: DocumentState): void;
}

export function emptyDocument(): DocumentState {
  const root = { ...newRecord(ROOT_ID, 'DOCUMENT', 'Untitled', null), childIds: ['0:1'] };
  return { records: [root, newRecord('0:1', 'PAGE', 'Page 1', ROOT_ID)], lastId: 1 };
}

/** The document as a table of records; the only place that writes. */
export function createStore(): DocumentStore {
  let records = new Map<string, NodeRecord>();
  let lastId = 1;
  const listeners = new Set<(change: Change) => void>();

  const put = (id: string, after: NodeRecord | undefined): void => {
    const before = records.get(id);
    if (before === after) return;
    if (after === undefined) records.delete(id);
    else records.set(id, after);
    for (const listener of listeners) listener({ id, before, after });
  };

  const read = (id: string): NodeRecord => {
    const record = records.get(id);
    if (record === undefined) throw new Error(`The node with id "${id}" does not exist`);
    return record;
  };

  const load = (state: DocumentState): void => {
    const next = new Map(state.records.map((record) => [record.id, record]));
    const before = records;
    records = next;
    lastId = state.lastId;
    for (const id of new Set([...before.keys(), ...next.keys()])) {
      for (const listener of listeners) listener({ id, before: before.get(id), after: next.get(id) });
    }
  };

  load(emptyDocument());
  return {
    get: (id) => records.get(id),
    read,
    update(id, patch) {
      const record = read(id);
      const keys = Object.keys(patch) as (keyof NodeRecord)[];
      if (keys.every((key) => Object.is(record[key], patch[key]))) return;
      put(id, { ...record, ...patch });
    },
    put,
    newId() {
      lastId += 1;
      return `1:${lastId}`;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    save: () => ({ records: [...records.values()], lastId }),
    load,
  };
}
