import type { Editor } from '../document/editor.ts';
import { absoluteBounds, union } from '../document/geometry.ts';
import type { CanvasState } from './canvas-state.ts';
import { deleteSelected, moveSelected, select } from './editing.ts';

const ZOOM_STEP = 1.25;

function zoomBy(editor: Editor, factor: number): void {
  const { width, height } = editor.viewport.size();
  editor.viewport.zoomAt({ x: width / 2, y: height / 2 }, editor.viewport.save().zoom * factor);
}

export function zoomIn(editor: Editor): void {
  zoomBy(editor, ZOOM_STEP);
}

export function zoomOut(editor: Editor): void {
  zoomBy(editor, 1 / ZOOM_STEP);
}

function zoomToFit(editor: Editor): void {
  const ids = editor.store.read(editor.currentPageId()).childIds;
  const box = union(ids.map((id) => absoluteBounds(editor.store, editor.store.read(id))));
  if (box !== null) editor.viewport.show(box);
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Figma's shortcuts, as long as the focus is not in a field. Returns whether space is held, and the way to stop. */
export function connectKeyboard(
  page: Window,
  editor: Editor,
  state: CanvasState,
): { readonly isSpaceDown: () => boolean; readonly stop: () => void } {
  let isSpaceDown = false;

  const onDown = (event: KeyboardEvent): void => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('input, textarea, select, iframe')) return;
    if (event.key === ' ' && (target === null || target.matches('body, [role="application"]'))) {
      isSpaceDown = true;
      event.preventDefault();
      return;
    }
    if (press(event, editor, state)) event.preventDefault();
  };
  const onUp = (event: KeyboardEvent): void => {
    if (event.key === ' ') isSpaceDown = false;
  };
  page.addEventListener('keydown', onDown);
  page.addEventListener('keyup', onUp);
  return {
    isSpaceDown: () => isSpaceDown,
    stop() {
      page.removeEventListener('keydown', onDown);
      page.removeEventListener('keyup', onUp);
    },
  };
}

/** Does what a key stands for; false when it stands for nothing here. */
function press(event: KeyboardEvent, editor: Editor, state: CanvasState): boolean {
  if (event.ctrlKey || event.metaKey) return pressWithControl(event, editor);
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const step = event.shiftKey ? 10 : 1;
    moveSelected(editor, arrow[0] * step, arrow[1] * step);
    editor.history.commit();
    return true;
  }
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      deleteSelected(editor);
      return true;
    case 'Escape':
      if (state.tool.value === 'move') select(editor, []);
      state.tool.value = 'move';
      return true;
    case 'f':
      state.tool.value = 'frame';
      return true;
    case 'v':
      state.tool.value = 'move';
      return true;
    case '!':
      zoomToFit(editor);
      return true;
    default:
      return false;
  }
}

function pressWithControl(event: KeyboardEvent, editor: Editor): boolean {
  switch (event.key.toLowerCase()) {
    case 'z':
      if (event.shiftKey) editor.history.redo();
      else editor.history.undo();
      return true;
    case '=':
    case '+':
      zoomIn(editor);
      return true;
    case '-':
      zoomOut(editor);
      return true;
    case '0':
      zoomBy(editor, 1 / editor.viewport.save().zoom);
      return true;
    default:
      return false;
  }
}
