import type { Editor } from '../document/editor.ts';
import type { Asset } from '../document/images.ts';
import type { Database } from './database.ts';

const DEBOUNCE_MS = 120;

export interface Saver {
  /** Writes now what is not written yet. */
  flush(): Promise<void>;
  /** Empties the document and what is stored of it. */
  reset(): Promise<void>;
}

/** Keeps the open file on disk: a short while after each change, and when the page goes. */
export function startSaving(
  editor: Editor,
  database: Database,
  page: Pick<Window, 'setTimeout' | 'clearTimeout' | 'addEventListener'>,
  onSaved: (isSaved: boolean) => void,
): Saver {
  let newAssets: Asset[] = [];
  let timer: number | undefined;
  let revision = 0;

  const flush = async (): Promise<void> => {
    page.clearTimeout(timer);
    timer = undefined;
    const [written, assets] = [revision, newAssets];
    newAssets = [];
    await database.write(editor.save(), assets);
    if (written === revision) onSaved(true);
  };
  const soon = (): void => {
    revision += 1;
    onSaved(false);
    if (timer === undefined) timer = page.setTimeout(() => void flush(), DEBOUNCE_MS);
  };

  editor.store.subscribe(soon);
  editor.viewport.onChange(soon);
  editor.onPageChange(soon);
  editor.assets.subscribe((asset) => {
    newAssets.push(asset);
    soon();
  });
  for (const event of ['visibilitychange', 'pagehide']) {
    page.addEventListener(event, () => {
      if (timer !== undefined) void flush();
    });
  }
  onSaved(true);

  return {
    flush,
    async reset() {
      newAssets = [];
      await database.clearDocument();
      editor.reset();
      await flush();
    },
  };
}

/** Fills the editor with what was stored, if anything was. */
export async function restore(editor: Editor, database: Database): Promise<void> {
  const [state, assets] = [await database.readState(), await database.readAssets()];
  editor.assets.load(assets);
  if (state !== undefined) editor.load(state);
}
