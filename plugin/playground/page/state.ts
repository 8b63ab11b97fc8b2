import { type Signal, signal } from '@preact/signals';
import type { CanvasState, Tool } from '../canvas/canvas-state.ts';
import type { Editor } from '../document/editor.ts';
import type { Theme } from '../window/theme-tokens.ts';
import type { OpenWindow } from '../window/window-desk.ts';
import type { Toast } from './toast-rack.ts';

/** What the page around the canvas shows. */
export interface PageState extends CanvasState {
  readonly theme: Signal<Theme>;
  readonly toasts: Signal<readonly Toast[]>;
  readonly window: Signal<OpenWindow | null>;
  /** What `figma.openExternal` opened last. */
  readonly openedUrl: Signal<string | null>;
  /** The plugin's name while it runs without a visible window. */
  readonly runningUnseen: Signal<string | null>;
}

export function createPageState(editor: Editor, theme: Theme): PageState {
  const revision = signal(0);
  const changed = (): void => {
    revision.value += 1;
  };
  editor.store.subscribe(changed);
  editor.selection.onChange(changed);
  editor.onPageChange(changed);
  editor.viewport.onChange(changed);
  return {
    revision,
    tool: signal<Tool>('move'),
    draft: signal(null),
    theme: signal(theme),
    isSaved: signal(true),
    toasts: signal([]),
    window: signal(null),
    openedUrl: signal(null),
    runningUnseen: signal(null),
  };
}
