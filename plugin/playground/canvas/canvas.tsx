import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Editor } from '../document/editor.ts';
import type { CanvasState } from './canvas-state.ts';
import { selected } from './editing.ts';
import { connectKeyboard } from './keyboard.ts';
import { NodeView } from './node-view.tsx';
import { Overlay } from './overlay.tsx';
import { connectPointer } from './pointer.ts';

export interface CanvasProps {
  readonly editor: Editor;
  readonly state: CanvasState;
  readonly assetUrl: (hash: string) => string | undefined;
}

/** The infinite canvas. `data-saved` tells when everything is on disk. */
export function Canvas({ editor, state, assetUrl }: CanvasProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const canvas = element.current;
    if (canvas === null) return undefined;
    const keyboard = connectKeyboard(window, editor, state);
    const stopPointer = connectPointer(canvas, editor, state, keyboard.isSpaceDown);
    const observer = new ResizeObserver(() => {
      editor.viewport.setSize({ width: canvas.clientWidth, height: canvas.clientHeight });
    });
    observer.observe(canvas);
    return () => {
      observer.disconnect();
      stopPointer();
      keyboard.stop();
    };
  }, [editor, state]);

  /** Reading it is what subscribes this component. */
  state.revision.value;
  const { zoom } = editor.viewport.save();
  const bounds = editor.viewport.bounds();
  const page = editor.store.read(editor.currentPageId());

  return (
    <div
      ref={element}
      class={`canvas canvas-${state.tool.value}`}
      role="application"
      aria-label="Canvas"
      aria-roledescription="design canvas"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keyboard
      tabIndex={0}
      data-saved={String(state.isSaved.value)}
    >
      <div class="world" style={{ transform: `scale(${zoom}) translate(${-bounds.x}px, ${-bounds.y}px)` }}>
        {page.childIds.map((id) => (
          <NodeView key={id} editor={editor} id={id} assetUrl={assetUrl} offset={{ x: 0, y: 0 }} />
        ))}
      </div>
      <Overlay editor={editor} draft={state.draft.value} selected={selected(editor)} />
    </div>
  );
}
