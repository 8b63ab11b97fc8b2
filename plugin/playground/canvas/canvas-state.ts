import type { Signal } from '@preact/signals';
import type { Rect } from '../document/geometry.ts';

export type Tool = 'move' | 'frame';

/** What the canvas shows besides the document itself. */
export interface CanvasState {
  /** Counts changes of the document, the selection, the page and the viewport: read it to be drawn again. */
  readonly revision: Signal<number>;
  readonly tool: Signal<Tool>;
  /** The frame being drawn, in canvas px. */
  readonly draft: Signal<Rect | null>;
  readonly isSaved: Signal<boolean>;
}
