import type { Point, Rect } from './geometry.ts';

export interface ViewportState {
  /** Canvas px at the middle of the window. */
  readonly center: Point;
  /** Screen px per canvas px. */
  readonly zoom: number;
}

export interface Viewport {
  save(): ViewportState;
  load(state: ViewportState): void;
  set(change: Partial<ViewportState>): void;
  /** The window's size in screen px. */
  size(): { readonly width: number; readonly height: number };
  setSize(size: { readonly width: number; readonly height: number }): void;
  /** What of the canvas is in view, in canvas px. */
  bounds(): Rect;
  toCanvas(screen: Point): Point;
  /** Zooms and keeps the canvas point that is under `screen` where it is. */
  zoomAt(screen: Point, zoom: number): void;
  show(rect: Rect): void;
  onChange(listener: () => void): () => void;
}

const MIN_ZOOM = 0.02;
const MAX_ZOOM = 256;
const MARGIN = 64;

export function createViewport(): Viewport {
  let state: ViewportState = { center: { x: 0, y: 0 }, zoom: 1 };
  let size = { width: 1000, height: 800 };
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const set = (change: Partial<ViewportState>): void => {
    const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, change.zoom ?? state.zoom));
    state = { center: change.center ?? state.center, zoom };
    notify();
  };
  const toCanvas = (screen: Point): Point => ({
    x: state.center.x + (screen.x - size.width / 2) / state.zoom,
    y: state.center.y + (screen.y - size.height / 2) / state.zoom,
  });

  return {
    save: () => state,
    load: set,
    set,
    size: () => size,
    setSize(next) {
      size = { width: next.width, height: next.height };
      notify();
    },
    bounds() {
      const [width, height] = [size.width / state.zoom, size.height / state.zoom];
      return { x: state.center.x - width / 2, y: state.center.y - height / 2, width, height };
    },
    toCanvas,
    zoomAt(screen, wanted) {
      const anchor = toCanvas(screen);
      const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, wanted));
      set({
        zoom,
        center: {
          x: anchor.x - (screen.x - size.width / 2) / zoom,
          y: anchor.y - (screen.y - size.height / 2) / zoom,
        },
      });
    },
    show(rect) {
      const zoom = Math.min(
        1,
        Math.max(1, size.width - 2 * MARGIN) / Math.max(1, rect.width),
        Math.max(1, size.height - 2 * MARGIN) / Math.max(1, rect.height),
      );
      set({ zoom, center: { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 } });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
