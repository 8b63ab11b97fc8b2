import type { NodeRecord } from './record.ts';
import type { DocumentStore } from './store.ts';

type Step = ReadonlyMap<string, { readonly before: NodeRecord | undefined; readonly after: NodeRecord | undefined }>;

export interface History {
  /** Ends the current undo step, if anything changed in it (`figma.commitUndo`). */
  commit(): void;
  /** Reverts what is not committed yet, else the last step (`figma.triggerUndo`, and the undo key; assumption `undo-uncommitted`). */
  undo(): boolean;
  redo(): boolean;
  clear(): void;
}

/** Groups the store's writes into undo steps. */
export function createHistory(store: DocumentStore): History {
  let pending = new Map<string, { before: NodeRecord | undefined; after: NodeRecord | undefined }>();
  let done: Step[] = [];
  let undone: Step[] = [];
  let replaying = false;

  store.subscribe(({ id, before, after }) => {
    if (replaying) return;
    undone = [];
    pending.set(id, { before: pending.has(id) ? pending.get(id)?.before : before, after });
  });

  const commit = (): void => {
    if (pending.size === 0) return;
    done.push(pending);
    pending = new Map();
  };

  const replay = (step: Step, side: 'before' | 'after'): void => {
    replaying = true;
    for (const [id, change] of step) store.put(id, change[side]);
    replaying = false;
  };

  return {
    commit,
    undo() {
      commit();
      const step = done.pop();
      if (step === undefined) return false;
      replay(step, 'before');
      undone.push(step);
      return true;
    },
    redo() {
      const step = undone.pop();
      if (step === undefined) return false;
      replay(step, 'after');
      done.push(step);
      return true;
    },
    clear() {
      pending = new Map();
      done = [];
      undone = [];
    },
  };
}
