import { createHistory, type History } from './history.ts';
import { type Assets, createAssets } from './images.ts';
import { ROOT_ID } from './record.ts';
import { createSelection, type Selection } from './selection.ts';
import { createStore, type DocumentState, type DocumentStore, emptyDocument } from './store.ts';
import { createViewport, type Viewport, type ViewportState } from './viewport.ts';

export interface EditorState {
  readonly document: DocumentState;
  readonly currentPageId: string;
  readonly viewport: ViewportState;
}

/** Text size in px for a string as it would be drawn. `wrapAt` is the width to break lines at, or null. */
export type MeasureText = (
  text: string,
  font: { readonly size: number; readonly family: string; readonly style: string; readonly wrapAt: number | null },
) => { readonly width: number; readonly height: number };

/** One open file: the document and what a person does with it. The canvas and the plugin API both work on this. */
export interface Editor {
  readonly store: DocumentStore;
  readonly history: History;
  readonly assets: Assets;
  readonly selection: Selection;
  readonly viewport: Viewport;
  readonly measureText: MeasureText;
  currentPageId(): string;
  openPage(id: string): void;
  onPageChange(listener: () => void): () => void;
  save(): EditorState;
  load(state: EditorState): void;
  /** An empty file again, with nothing to undo. */
  reset(): void;
}

export function createEditor(measureText: MeasureText): Editor {
  const store = createStore();
  const history = createHistory(store);
  const viewport = createViewport();
  const assets = createAssets();
  const pageListeners = new Set<() => void>();
  let pageId = '0:1';
  const currentPageId = (): string =>
    store.get(pageId) === undefined ? (store.read(ROOT_ID).childIds[0] ?? '') : pageId;
  const selection = createSelection(store);

  const load = (state: EditorState): void => {
    store.load(state.document);
    history.clear();
    pageId = state.currentPageId;
    viewport.load(state.viewport);
    for (const listener of pageListeners) listener();
  };

  history.clear();
  return {
    store,
    history,
    assets,
    selection,
    viewport,
    measureText,
    currentPageId,
    openPage(id) {
      if (id === currentPageId()) return;
      pageId = id;
      for (const listener of pageListeners) listener();
    },
    onPageChange(listener) {
      pageListeners.add(listener);
      return () => pageListeners.delete(listener);
    },
    save: () => ({ document: store.save(), currentPageId: currentPageId(), viewport: viewport.save() }),
    load,
    reset() {
      selection.clear();
      assets.clear();
      load({ document: emptyDocument(), currentPageId: '0:1', viewport: { center: { x: 0, y: 0 }, zoom: 1 } });
    },
  };
}
