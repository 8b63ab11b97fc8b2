import type { StoredSession } from '../../shared/bridge/kept.ts';
import { parseMessage } from '../../shared/bridge/message.ts';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import { ToUi } from '../../shared/bridge/to-ui.ts';
import type { Vault } from './auth/tokens.ts';

/** The window's side of Figma's message channel. */
export interface Port {
  post(message: ToMain): void;
  listen(receive: (message: unknown) => void): void;
}

type Handlers = { [Type in ToUi['type']]?: (message: Extract<ToUi, { type: Type }>) => void };

/** A question to the sandbox that waits for its answer. */
interface Call {
  readonly resolve: (session: StoredSession | null) => void;
  readonly reject: (reason: Error) => void;
}

/** The sandbox, as the panel speaks with it. */
export interface Bridge {
  readonly post: Port['post'];
  /** Sets the one handler of a type of message. */
  on<Type extends ToUi['type']>(type: Type, handler: (message: Extract<ToUi, { type: Type }>) => void): void;
  readonly vault: Vault;
}

/**
 * @param complain told of each message that is none of ours, or not as its schema says; such a message is ignored.
 */
export function createBridge(port: Port, complain: (message: unknown) => void): Bridge {
  const handlers: Handlers = {};
  const calls = new Map<number, Call>();
  let lastCall = 0;

  function dispatch<Type extends ToUi['type']>(message: Extract<ToUi, { type: Type }>): void {
    const handler = handlers[message.type as Type] as ((message: Extract<ToUi, { type: Type }>) => void) | undefined;
    handler?.(message);
  }

  port.listen((raw) => {
    const message = parseMessage(ToUi, raw);
    if (!message) return complain(raw);
    if (message.type === 'session') {
      calls.get(message.call)?.resolve(message.session);
      calls.delete(message.call);
    } else if (message.type === 'failed' && /session$/.test(message.what)) rejectOldest();
    else dispatch(message);
  });

  function call(send: (call: number) => void): Promise<StoredSession | null> {
    lastCall += 1;
    const id = lastCall;
    return new Promise((resolve, reject) => {
      calls.set(id, { resolve, reject });
      send(id);
    });
  }

  /** The sandbox does one thing after the other, so what it could not do is what waits longest. */
  function rejectOldest(): void {
    const [oldest] = calls;
    if (!oldest) return;
    calls.delete(oldest[0]);
    oldest[1].reject(new Error('Figma could not read or store the sign-in on this machine.'));
  }

  return {
    post: port.post,
    on(type, handler) {
      handlers[type] = handler as Handlers[typeof type];
    },
    vault: {
      read: () => call((id) => port.post({ type: 'read-session', call: id })),
      async store(session) {
        await call((id) => port.post({ type: 'store-session', call: id, session }));
      },
    },
  };
}

/** Figma's channel between the panel's frame and the plugin (plugin documentation, "Creating a user interface"). */
export function figmaPort(window: Window): Port {
  return {
    post: (message) => window.parent.postMessage({ pluginMessage: message }, '*'),
    listen(receive) {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        const { data } = event;
        if (typeof data === 'object' && data !== null && 'pluginMessage' in data) receive(data.pluginMessage);
      });
    },
  };
}
