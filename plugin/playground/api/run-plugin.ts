import type { Editor } from '../document/editor.ts';
import { lintBundle } from '../sandbox/bundle-lint.ts';
import { createMembrane } from '../sandbox/membrane.ts';
import type { VmFault } from '../sandbox/vm.ts';
import { createConsole } from './console.ts';
import type { PluginContext, RunOptions } from './context.ts';
import { createEvents } from './events.ts';
import { createFigma } from './figma.ts';
import { connectEvents } from './figma-events.ts';
import { createFetch } from './network.ts';
import { createNodeRegistry } from './nodes.ts';
import type { HostServices } from './services.ts';
import { createUi } from './ui.ts';

export interface RunningPlugin {
  /** Ends it as if the person had closed it; without effect when it has ended. */
  close(): void;
  readonly isClosed: () => boolean;
  readonly hasVisibleUi: () => boolean;
}

export interface RunHooks {
  readonly onClose: (message: string | undefined) => void;
  readonly onError: (fault: VmFault) => void;
  /** A UI opened, hid or went. */
  readonly onUiChange: () => void;
}

const TURN_LIMIT_MS = 15_000;

/**
 * Starts a built plugin: evaluates `main` in a realm of its own with the documented globals, then fires `run`.
 *
 * @throws Error in the sandbox's words when the bundle's text is refused.
 */
export async function runPlugin(
  editor: Editor,
  services: HostServices,
  options: RunOptions,
  hooks: RunHooks,
): Promise<RunningPlugin> {
  const refused = lintBundle(options.main);
  if (refused !== null) throw new Error(refused);
  const membrane = await createMembrane({
    ...(services.wasm === undefined ? {} : { wasm: services.wasm }),
    turnLimit: TURN_LIMIT_MS,
    now: services.now,
    startTimer: services.startTimer,
    onUncaught: hooks.onError,
  });
  let closed = false;

  /** The order is the documented one: close handlers, then the UI, then everything that could still call in. */
  const close = (message?: string): void => {
    if (closed) return;
    closed = true;
    try {
      context.events.now('close');
    } catch (reason) {
      const { name, message, stack } = reason instanceof Error ? reason : new Error(String(reason));
      hooks.onError({ name, message, stack: stack ?? '' });
    }
    ui.close();
    disconnect();
    context.events.clear();
    editor.history.commit();
    membrane.close();
    hooks.onClose(message);
  };
  const context: PluginContext = {
    ...options,
    ...createNodeRegistry(() => context),
    pluginId: options.manifest.id,
    editor,
    services,
    events: createEvents(services.defer),
    loadedFonts: new Set(),
    loadedPages: new Set([editor.currentPageId()]),
    close,
  };
  const ui = createUi(context, hooks.onUiChange);
  const disconnect = connectEvents(context);

  editor.history.commit();
  membrane.define('console', createConsole(services.log));
  membrane.define('figma', createFigma(context, ui));
  membrane.define('__html__', typeof options.html === 'string' ? options.html : '');
  membrane.define('__uiFiles__', typeof options.html === 'object' ? options.html : {});
  membrane.define('fetch', createFetch(context));
  membrane.run(options.main, 'plugin.js');
  context.events.later('run', () => ({ command: options.command, parameters: undefined }));

  return { close: () => close(), isClosed: () => closed, hasVisibleUi: ui.isShown };
}
