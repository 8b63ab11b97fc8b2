import type { HostServices, ToastOptions } from '../api/services.ts';
import { renderNode } from '../canvas/render-node.ts';
import type { Editor } from '../document/editor.ts';
import type { Database } from '../storage/database.ts';
import { createNullOriginFetch } from '../window/null-origin-fetch.ts';
import { createWindowDesk } from '../window/window-desk.ts';
import { print } from './host-console.ts';
import { openExternal } from './open-external.ts';
import type { PluginFiles } from './plugin-files.ts';
import type { PlaygroundQuery } from './query.ts';
import type { PageState } from './state.ts';

export interface BrowserSeams {
  readonly page: Window;
  readonly editor: Editor;
  readonly state: PageState;
  readonly database: Database;
  readonly query: PlaygroundQuery;
  readonly wasm: WebAssembly.Module;
  readonly toast: (message: string, options: ToastOptions) => () => void;
}

export function startTimer(task: () => void, delay: number, repeats: boolean): () => void {
  const timer = repeats ? setInterval(task, delay) : setTimeout(task, delay);
  return () => clearTimeout(timer);
}

/** What a plugin's API needs, made of this browser. Returns it for one plugin. */
export function createBrowserServices(seams: BrowserSeams): (files: PluginFiles) => HostServices {
  const { page, editor, state, database, query, wasm, toast } = seams;
  const fetchFromNullOrigin = createNullOriginFetch(page.document);
  const openWindow = createWindowDesk({
    page,
    viewport: editor.viewport,
    shown: state.window,
    theme: state.theme,
    isFigJam: query.editorType === 'figjam',
    mode: query.mode,
    canvasCorner: () => page.document.querySelector('.canvas')?.getBoundingClientRect() ?? { x: 0, y: 0 },
    onRefused: (reason) => print('error', [reason]),
  });

  return ({ manifest }) => ({
    wasm,
    now: () => Date.now(),
    startTimer,
    defer: (task) => void setTimeout(task, 0),
    fetch: fetchFromNullOrigin,
    renderNode,
    storage: database.clientStorage(manifest.id),
    openWindow: (options, events) => openWindow(manifest, options, events),
    toast,
    openExternal: (url) => openExternal(page, url, state.openedUrl, toast),
    log: print,
  });
}
