import { computed, signal } from '@preact/signals';
import type { Selection } from '../../../shared/bridge/to-ui.ts';
import { Receipt } from '../../../shared/receipt.ts';
import { readKept } from './kept-json.ts';

/** What is selected on the canvas. */
export function createCanvasSelection() {
  const selection = signal<Selection>({ count: 0, node: null, receipt: null });
  return {
    selection,
    /** The one selected layer. */
    node: computed(() => selection.value.node),
    /** How the one selected layer was made, when it is a picture of ours. */
    receipt: computed(() => readKept(Receipt, selection.value.receipt)),
    /** The layer that would get the next picture as its fill. */
    target: computed(() => (selection.value.node?.takesFill ? selection.value.node : null)),
  };
}
export type CanvasSelection = ReturnType<typeof createCanvasSelection>;
