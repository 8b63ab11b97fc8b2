import { dropTarget } from '../document/drop-target.ts';
import { absoluteTransform, apply, invert } from '../document/geometry.ts';
import { type Live, live } from '../sandbox/live.ts';
import { copyMessage } from '../sandbox/message-codec.ts';
import {
  asBoolean,
  asCallback,
  asNumber,
  asObject,
  asPoint,
  asString,
  type Callback,
  oneOf,
  optional,
} from './checks.ts';
import type { PluginContext } from './context.ts';
import { createEvents } from './events.ts';
import type { PluginDrop, PluginWindow } from './services.ts';

const MIN_WIDTH = 70;
const MIN_HEIGHT = 0;
const NO_UI = 'No UI: call figma.showUI() first';
const messageEvent = oneOf('message');

export interface UiApi {
  readonly ui: Live;
  readonly showUi: (html: unknown, options: unknown) => void;
  readonly isShown: () => boolean;
  readonly close: () => void;
}

/** `figma.showUI` and `figma.ui`. `onChange` is told when a UI opens, hides or goes. */
export function createUi(context: PluginContext, onChange: () => void): UiApi {
  const messages = createEvents(context.services.defer);
  let window: PluginWindow | undefined;
  let shown = false;
  let onmessage: Callback | undefined;

  const open = (): PluginWindow => {
    if (window === undefined) throw new Error(NO_UI);
    return window;
  };
  const setShown = (visible: boolean): void => {
    shown = visible;
    onChange();
  };
  const close = (): void => {
    window?.close();
    window = undefined;
    setShown(false);
  };

  const deliver = (message: unknown, origin: string): void => {
    onmessage?.(message, { origin });
    messages.now('message', message, { origin });
  };

  const drop = (event: PluginDrop): void => {
    if (window === undefined) return;
    const { store } = context.editor;
    const at = window.toCanvas({ x: event.clientX, y: event.clientY });
    const target = dropTarget(context.editor, at);
    const local = apply(invert(absoluteTransform(store, store.read(target))), at);
    context.events.now('drop', {
      node: context.nodeOf(target),
      x: local.x,
      y: local.y,
      absoluteX: at.x,
      absoluteY: at.y,
      items: event.items,
      files: event.files.map(({ name, type, bytes }) => ({
        name,
        type,
        getBytesAsync: async () => bytes,
        getTextAsync: async () => new TextDecoder().decode(bytes),
      })),
      dropMetadata: event.dropMetadata,
    });
  };

  const showUi: UiApi['showUi'] = (html, options) => {
    const given = options === undefined ? {} : asObject(options, 'options');
    const position = optional(asPoint)(given.position, 'position');
    const text = asString(html, 'html');
    const visible = optional(asBoolean)(given.visible, 'visible') ?? true;
    window?.close();
    window = context.services.openWindow(
      {
        html: text,
        title: optional(asString)(given.title, 'title') ?? context.manifest.name,
        visible,
        width: Math.max(MIN_WIDTH, optional(asNumber)(given.width, 'width') ?? 300),
        height: Math.max(MIN_HEIGHT, optional(asNumber)(given.height, 'height') ?? 200),
        themeColors: optional(asBoolean)(given.themeColors, 'themeColors') ?? false,
        ...(position === undefined ? {} : { position }),
      },
      { onMessage: deliver, onDrop: drop, onClosedByPerson: () => context.close() },
    );
    setShown(visible);
  };

  const ui = live(
    'ui',
    {
      postMessage: {
        call: (_self, message, options) => {
          const given = options === undefined ? {} : asObject(options, 'options');
          open().post(copyMessage(message), optional(asString)(given.origin, 'origin') ?? '*');
        },
      },
      onmessage: {
        get: () => onmessage,
        set: (_self, value) => {
          onmessage = value === undefined || value === null ? undefined : asCallback(value, 'onmessage');
        },
      },
      on: {
        call: (_self, type, callback) =>
          messages.add(messageEvent(type, 'type'), asCallback(callback, 'callback'), false),
      },
      once: {
        call: (_self, type, callback) =>
          messages.add(messageEvent(type, 'type'), asCallback(callback, 'callback'), true),
      },
      off: {
        call: (_self, type, callback) => messages.remove(messageEvent(type, 'type'), asCallback(callback, 'callback')),
      },
      show: {
        call: () => {
          open().setVisible(true);
          setShown(true);
        },
      },
      hide: {
        call: () => {
          open().setVisible(false);
          setShown(false);
        },
      },
      resize: {
        call: (_self, width, height) =>
          open().resize(
            Math.max(MIN_WIDTH, asNumber(width, 'width')),
            Math.max(MIN_HEIGHT, asNumber(height, 'height')),
          ),
      },
      reposition: {
        call: (_self, x, y) => open().reposition({ x: asNumber(x, 'x'), y: asNumber(y, 'y') }),
      },
      getPosition: { call: () => open().position() },
      close: { call: close },
    },
    undefined,
  );
  return { ui, showUi, isShown: () => shown, close };
}
