import type { JSX } from 'preact';
import type { Editor } from '../document/editor.ts';
import { absoluteBounds, type Rect } from '../document/geometry.ts';

export interface OverlayProps {
  readonly editor: Editor;
  readonly draft: Rect | null;
  readonly selected: readonly string[];
}

/** What is drawn over the layers in screen px: names of top-level frames, outlines and sizes of what is selected. */
export function Overlay({ editor, draft, selected }: OverlayProps): JSX.Element {
  const { store } = editor;
  const page = store.read(editor.currentPageId());
  const named = page.childIds
    .map((id) => store.read(id))
    .filter((record) => record.visible && (record.type === 'FRAME' || record.type === 'SECTION'));
  const outlined = selected.map((id) => ({ id, box: absoluteBounds(store, store.read(id)) }));

  return (
    <div class="overlay" aria-hidden="true">
      {named.map((record) => {
        const { left, top, width } = toScreen(editor, absoluteBounds(store, record));
        return (
          <span
            key={record.id}
            data-label-of={record.id}
            class={selected.includes(record.id) ? 'frame-name frame-name-selected' : 'frame-name'}
            style={{ left: `${left}px`, top: `${top}px`, maxWidth: `${width}px` }}
          >
            {record.name}
          </span>
        );
      })}
      {outlined.map(({ id, box }) => (
        <Outline key={id} editor={editor} box={box} hasSize={outlined.length === 1} />
      ))}
      {draft !== null && <Outline editor={editor} box={draft} hasSize />}
    </div>
  );
}

function Outline({
  editor,
  box,
  hasSize,
}: {
  readonly editor: Editor;
  readonly box: Rect;
  readonly hasSize: boolean;
}): JSX.Element {
  const { left, top, width, height } = toScreen(editor, box);
  return (
    <div class="outline" style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}>
      {hasSize && (
        <span class="outline-size">
          {Math.round(box.width)} × {Math.round(box.height)}
        </span>
      )}
    </div>
  );
}

function toScreen(editor: Editor, box: Rect): { left: number; top: number; width: number; height: number } {
  const { zoom } = editor.viewport.save();
  const bounds = editor.viewport.bounds();
  return {
    left: (box.x - bounds.x) * zoom,
    top: (box.y - bounds.y) * zoom,
    width: box.width * zoom,
    height: box.height * zoom,
  };
}
