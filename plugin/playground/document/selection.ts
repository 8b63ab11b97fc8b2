import type { DocumentStore } from './store.ts';
import { ancestors, pageOf } from './tree.ts';

export interface Selection {
  /** Ids of what is selected on a page and still exists. */
  get(pageId: string): readonly string[];
  /**
   * Replaces a page's selection: deduplicated, never a node together with one inside it.
   *
   * @throws Error when a node is not on the page.
   */
  set(pageId: string, ids: readonly string[]): void;
  clear(): void;
  onChange(listener: (pageId: string) => void): () => void;
}

export function createSelection(store: DocumentStore): Selection {
  const pages = new Map<string, readonly string[]>();
  const listeners = new Set<(pageId: string) => void>();
  const notify = (pageId: string): void => {
    for (const listener of listeners) listener(pageId);
  };
  const get = (pageId: string): readonly string[] =>
    (pages.get(pageId) ?? []).filter((id) => store.get(id) !== undefined);

  store.subscribe(({ id, after }) => {
    if (after !== undefined) return;
    for (const [pageId, ids] of pages) {
      if (!ids.includes(id)) continue;
      pages.set(
        pageId,
        ids.filter((other) => other !== id),
      );
      notify(pageId);
    }
  });

  return {
    get,
    set(pageId, ids) {
      const wanted = [...new Set(ids)];
      for (const id of wanted) {
        store.read(id);
        if (pageOf(store, id)?.id !== pageId || id === pageId) {
          throw new Error('The selection of a page can only include nodes in that page');
        }
      }
      const top = wanted.filter((id) => !ancestors(store, id).some((ancestor) => wanted.includes(ancestor.id)));
      const before = get(pageId);
      if (before.length === top.length && top.every((id) => before.includes(id))) return;
      pages.set(pageId, top);
      notify(pageId);
    },
    clear: () => pages.clear(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
