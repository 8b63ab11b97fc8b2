import type { Callback } from './checks.ts';

export interface Events {
  add(type: string, callback: Callback, once: boolean): void;
  remove(type: string, callback: Callback): void;
  has(type: string): boolean;
  /** Calls the handlers in a later turn; several calls before it are one event. `payload` is read when it is delivered. */
  later(type: string, payload?: () => unknown): void;
  /** Calls the handlers at once; tells what they returned. */
  now(type: string, ...payload: readonly unknown[]): readonly unknown[];
  clear(): void;
}

/** Handlers of one plugin run. Figma delivers asynchronously and coalesces; a handler added before delivery is called. */
export function createEvents(defer: (task: () => void) => void): Events {
  const handlers = new Map<string, { callback: Callback; once: boolean }[]>();
  const waiting = new Map<string, (() => unknown) | undefined>();

  const now = (type: string, ...payload: readonly unknown[]): readonly unknown[] => {
    const called = handlers.get(type) ?? [];
    handlers.set(
      type,
      called.filter((handler) => !handler.once),
    );
    return called.map((handler) => handler.callback(...payload));
  };

  return {
    add: (type, callback, once) => void handlers.set(type, [...(handlers.get(type) ?? []), { callback, once }]),
    remove: (type, callback) =>
      void handlers.set(
        type,
        (handlers.get(type) ?? []).filter((handler) => handler.callback !== callback),
      ),
    has: (type) => (handlers.get(type) ?? []).length > 0,
    later(type, payload) {
      if (waiting.has(type)) return;
      waiting.set(type, payload);
      defer(() => {
        if (!waiting.has(type)) return;
        waiting.delete(type);
        if (payload === undefined) now(type);
        else if ((handlers.get(type) ?? []).length > 0) now(type, payload());
      });
    },
    now,
    clear() {
      handlers.clear();
      waiting.clear();
    },
  };
}
