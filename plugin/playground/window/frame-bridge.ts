import type { PluginDrop, WindowEvents } from '../api/services.ts';
import { copyMessage } from '../sandbox/message-codec.ts';
import type { FrameTheme, ThemeMessage } from './frame-document.ts';

export interface FrameBridge {
  post(message: unknown, targetOrigin: string): void;
  setTheme(theme: FrameTheme): void;
  close(): void;
}

/** What the bridge needs of an iframe and of the page around it. */
export interface FrameSeams {
  readonly frame: Pick<HTMLIFrameElement, 'contentWindow' | 'addEventListener' | 'removeEventListener'>;
  readonly page: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  readonly pluginId: string;
  readonly onRefused: (reason: string) => void;
}

/** Carries messages between a plugin's main and its UI by Figma's rules (assumptions `message-envelope`, `message-refusal`). */
export function connectFrame(seams: FrameSeams, events: WindowEvents): FrameBridge {
  const { frame, page, pluginId } = seams;
  const waiting: (() => void)[] = [];
  let isLoaded = false;

  const whenLoaded = (task: () => void): void => {
    if (isLoaded) task();
    else waiting.push(task);
  };
  const onLoad = (): void => {
    isLoaded = true;
    for (const task of waiting.splice(0)) task();
  };
  const onMessage = (event: MessageEvent<unknown>): void => {
    if (event.source !== frame.contentWindow || event.source === null) return;
    try {
      receive(event.data, event.origin, pluginId, events);
    } catch (reason) {
      seams.onRefused(reason instanceof Error ? reason.message : String(reason));
    }
  };
  frame.addEventListener('load', onLoad);
  page.addEventListener('message', onMessage);

  return {
    post(message, targetOrigin) {
      whenLoaded(() => frame.contentWindow?.postMessage({ pluginMessage: message, pluginId }, targetOrigin));
    },
    setTheme(theme) {
      const message: ThemeMessage = { playgroundTheme: theme };
      whenLoaded(() => frame.contentWindow?.postMessage(message, '*'));
    },
    close() {
      frame.removeEventListener('load', onLoad);
      page.removeEventListener('message', onMessage);
    },
  };
}

function receive(data: unknown, origin: string, pluginId: string, events: WindowEvents): void {
  if (typeof data !== 'object' || data === null) return;
  const envelope = data as { pluginMessage?: unknown; pluginId?: unknown; pluginDrop?: unknown };
  const isOurs = origin === 'null' || envelope.pluginId === pluginId || envelope.pluginId === '*';
  if (!('pluginMessage' in data) && !('pluginDrop' in data)) return;
  if (!isOurs) throw new Error(`A message from ${origin} must carry the pluginId`);
  if ('pluginDrop' in data) void readDrop(envelope.pluginDrop).then((drop) => drop && events.onDrop(drop));
  if ('pluginMessage' in data) events.onMessage(copyMessage(envelope.pluginMessage), origin);
}

/** Files arrive as `File`s, the one place where a message may carry them. */
async function readDrop(value: unknown): Promise<PluginDrop | null> {
  if (typeof value !== 'object' || value === null) return null;
  const { clientX, clientY, items, files, dropMetadata } = value as Record<string, unknown>;
  if (typeof clientX !== 'number' || typeof clientY !== 'number') return null;
  const given = Array.isArray(files) ? files.filter((file) => file instanceof File) : [];
  return {
    clientX,
    clientY,
    items: Array.isArray(items)
      ? items.map(({ type, data }: { type: unknown; data: unknown }) => ({ type: String(type), data: String(data) }))
      : [],
    files: await Promise.all(
      given.map(async (file) => ({
        name: file.name,
        type: file.type,
        bytes: new Uint8Array(await file.arrayBuffer()),
      })),
    ),
    dropMetadata: copyMessage(dropMetadata),
  };
}
