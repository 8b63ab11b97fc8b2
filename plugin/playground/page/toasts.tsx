import type { JSX } from 'preact';
import { CloseIcon } from './icons.tsx';
import type { PageState } from './state.ts';

/** Notifications at the foot of the canvas, and the notice that a plugin runs without a window. */
export function Toasts({ state, onStop }: { readonly state: PageState; readonly onStop: () => void }): JSX.Element {
  const running = state.runningUnseen.value;
  return (
    <div class="toasts" aria-live="polite">
      {running !== null && (
        <div class="toast">
          <span>Running {running}…</span>
          <button type="button" class="toast-button" onClick={onStop}>
            Cancel
          </button>
        </div>
      )}
      {state.toasts.value.map((toast) => (
        <div key={toast.id} class={toast.isError ? 'toast toast-error' : 'toast'}>
          <span>{toast.message}</span>
          {toast.button !== undefined && (
            <button type="button" class="toast-button" onClick={toast.button.action}>
              {toast.button.text}
            </button>
          )}
          <button type="button" class="toast-close" aria-label="Dismiss" onClick={toast.dismiss}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
