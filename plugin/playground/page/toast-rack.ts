import type { Signal } from '@preact/signals';
import type { ToastOptions } from '../api/services.ts';

export interface Toast {
  readonly id: number;
  readonly message: string;
  readonly isError: boolean;
  readonly button?: { readonly text: string; readonly action: () => void };
  readonly dismiss: () => void;
}

/** Shows toasts, newest last, each until its time is over or it is taken down. Returns the way to show one. */
export function createToastRack(
  toasts: Signal<readonly Toast[]>,
  startTimer: (task: () => void, delay: number) => () => void,
): (message: string, options: ToastOptions) => () => void {
  let lastId = 0;
  return (message, options) => {
    lastId += 1;
    const id = lastId;
    let stopTimer = (): void => undefined;
    const take = (reason: 'timeout' | 'dismiss' | 'action_button_click'): void => {
      if (!toasts.value.some((toast) => toast.id === id)) return;
      stopTimer();
      toasts.value = toasts.value.filter((toast) => toast.id !== id);
      options.onDequeue(reason);
    };
    const { button } = options;
    const shown = {
      id,
      message,
      isError: options.error,
      dismiss: () => take('dismiss'),
      ...(button === undefined
        ? {}
        : {
            button: {
              text: button.text,
              action: () => {
                button.action();
                take('action_button_click');
              },
            },
          }),
    };
    toasts.value = [...toasts.value, shown];
    if (Number.isFinite(options.timeout)) stopTimer = startTimer(() => take('timeout'), options.timeout);
    return () => take('dismiss');
  };
}
