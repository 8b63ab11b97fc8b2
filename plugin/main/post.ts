import type { ToUi } from '../../shared/bridge/to-ui.ts';

/** Tells the panel. */
export function post(message: ToUi): void {
  figma.ui.postMessage(message);
}
