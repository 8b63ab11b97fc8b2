import type { Editor } from '../document/editor.ts';
import type { Point, Rect } from '../document/geometry.ts';
import { ancestors } from '../document/tree.ts';
import type { CanvasState } from './canvas-state.ts';
import { drawFrame, moveSelected, select, selected, toggle } from './editing.ts';

/** One press of the pointer: what moving and letting go do. Points are screen px from the canvas's corner. */
interface Gesture {
  readonly move: (to: Point) => void;
  readonly end: (at: Point) => void;
}

const SMALLEST_DRAG_PX = 3;
const DEFAULT_FRAME = 100;

/** Listens on the canvas element. Returns the way to stop. */
export function connectPointer(
  canvas: HTMLElement,
  editor: Editor,
  state: CanvasState,
  isSpaceDown: () => boolean,
): () => void {
  let gesture: Gesture | null = null;
  const pointOf = (event: MouseEvent): Point => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const onDown = (event: PointerEvent): void => {
    const from = pointOf(event);
    if (event.button === 1 || (event.button === 0 && isSpaceDown())) gesture = pan(editor, from);
    else if (event.button !== 0) return;
    else if (state.tool.value === 'frame') gesture = draw(editor, state, from);
    else gesture = pickAndMove(editor, hitBy(editor, event.target), event.shiftKey, from);
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    event.preventDefault();
  };
  const onMove = (event: PointerEvent): void => gesture?.move(pointOf(event));
  const onUp = (event: PointerEvent): void => {
    gesture?.end(pointOf(event));
    gesture = null;
  };
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { center, zoom } = editor.viewport.save();
    if (event.ctrlKey || event.metaKey) editor.viewport.zoomAt(pointOf(event), zoom * Math.exp(-event.deltaY * 0.005));
    else editor.viewport.set({ center: { x: center.x + event.deltaX / zoom, y: center.y + event.deltaY / zoom } });
  };

  canvas.addEventListener('pointerdown', onDown);
  canvas.addEventListener('pointermove', onMove);
  canvas.addEventListener('pointerup', onUp);
  canvas.addEventListener('pointercancel', onUp);
  canvas.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    canvas.removeEventListener('pointerdown', onDown);
    canvas.removeEventListener('pointermove', onMove);
    canvas.removeEventListener('pointerup', onUp);
    canvas.removeEventListener('pointercancel', onUp);
    canvas.removeEventListener('wheel', onWheel);
  };
}

/** The layer under the pointer; a group stands for what is in it; locked layers let it through to nothing. */
function hitBy(editor: Editor, target: EventTarget | null): string | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-node-id], [data-label-of]') : null;
  const id = element?.dataset.nodeId ?? element?.dataset.labelOf;
  const record = id === undefined ? undefined : editor.store.get(id);
  if (record === undefined || record.locked) return null;
  return ancestors(editor.store, record.id).findLast((ancestor) => ancestor.type === 'GROUP')?.id ?? record.id;
}

function pan(editor: Editor, from: Point): Gesture {
  const { center, zoom } = editor.viewport.save();
  return {
    move: (to) => {
      editor.viewport.set({ center: { x: center.x - (to.x - from.x) / zoom, y: center.y - (to.y - from.y) / zoom } });
    },
    end: () => undefined,
  };
}

function draw(editor: Editor, state: CanvasState, from: Point): Gesture {
  const start = editor.viewport.toCanvas(from);
  const rectTo = (to: Point): Rect => {
    const stop = editor.viewport.toCanvas(to);
    return {
      x: Math.round(Math.min(start.x, stop.x)),
      y: Math.round(Math.min(start.y, stop.y)),
      width: Math.round(Math.abs(stop.x - start.x)),
      height: Math.round(Math.abs(stop.y - start.y)),
    };
  };
  return {
    move: (to) => {
      state.draft.value = rectTo(to);
    },
    end: (at) => {
      state.draft.value = null;
      const rect = rectTo(at);
      const isClick = Math.hypot(at.x - from.x, at.y - from.y) < SMALLEST_DRAG_PX;
      const size = isClick
        ? { width: DEFAULT_FRAME, height: DEFAULT_FRAME }
        : { width: Math.max(1, rect.width), height: Math.max(1, rect.height) };
      drawFrame(editor, { ...rect, ...size });
      state.tool.value = 'move';
    },
  };
}

function pickAndMove(editor: Editor, hit: string | null, isAdding: boolean, from: Point): Gesture {
  if (hit === null) {
    if (!isAdding) select(editor, []);
    return { move: () => undefined, end: () => undefined };
  }
  if (isAdding) toggle(editor, hit);
  else if (!selected(editor).includes(hit)) select(editor, [hit]);
  let last = from;
  let isMoving = false;
  return {
    move: (to) => {
      isMoving ||= Math.hypot(to.x - from.x, to.y - from.y) >= SMALLEST_DRAG_PX;
      if (!isMoving) return;
      const { zoom } = editor.viewport.save();
      moveSelected(editor, (to.x - last.x) / zoom, (to.y - last.y) / zoom);
      last = to;
    },
    end: () => {
      if (isMoving) editor.history.commit();
    },
  };
}
