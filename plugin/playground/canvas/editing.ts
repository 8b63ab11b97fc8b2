import { arrange, moveBy } from '../document/arrange.ts';
import { isPlacedByParent } from '../document/auto-layout.ts';
import { dropTarget } from '../document/drop-target.ts';
import type { Editor } from '../document/editor.ts';
import { absoluteTransform, apply, invert, type Rect } from '../document/geometry.ts';
import { newRecord } from '../document/record.ts';
import { appendChild, removeNode } from '../document/tree.ts';

/** What a person does to the document on the canvas. Each is one undo step. */

/** Puts a new white frame where it was drawn, inside the frame it was begun in, and selects it. */
export function drawFrame(editor: Editor, rect: Rect): string {
  const { store } = editor;
  const parentId = dropTarget(editor, rect);
  const count = [...store.read(editor.currentPageId()).childIds].filter((id) => store.read(id).type === 'FRAME').length;
  const corner = apply(invert(absoluteTransform(store, store.read(parentId))), rect);
  const id = store.newId();
  store.put(id, {
    ...newRecord(id, 'FRAME', `Frame ${count + 1}`, parentId),
    ...corner,
    width: rect.width,
    height: rect.height,
  });
  appendChild(store, parentId, id);
  select(editor, [id]);
  editor.history.commit();
  return id;
}

export function select(editor: Editor, ids: readonly string[]): void {
  editor.selection.set(editor.currentPageId(), ids);
}

export function selected(editor: Editor): readonly string[] {
  return editor.selection.get(editor.currentPageId());
}

export function toggle(editor: Editor, id: string): void {
  const now = selected(editor);
  select(editor, now.includes(id) ? now.filter((other) => other !== id) : [...now, id]);
}

export function deleteSelected(editor: Editor): void {
  for (const id of selected(editor)) if (!editor.store.read(id).locked) removeNode(editor.store, id);
  editor.history.commit();
}

/** Moves the selection by canvas px, without ending the undo step. */
export function moveSelected(editor: Editor, dx: number, dy: number): void {
  const { store } = editor;
  for (const id of selected(editor)) {
    const record = store.read(id);
    if (record.locked || isPlacedByParent(store, record)) continue;
    moveBy(store, id, dx, dy);
    arrange(store, id);
  }
}
