import { ROOT_ID } from '../document/record.ts';
import { pageOf } from '../document/tree.ts';
import { type Live, live, type Members, MIXED } from '../sandbox/live.ts';
import { asBytes, asCallback, asString, type Callback } from './checks.ts';
import { createClientStorage } from './client-storage.ts';
import type { PluginContext } from './context.ts';
import { createMembers } from './create.ts';
import { REFUSED_CALLS, refusePageAssignment } from './dynamic-page.ts';
import { requireEvent } from './figma-events.ts';
import { mediaMembers } from './media.ts';
import { asFontName, FONTS, fontKey } from './node-text.ts';
import { notify } from './notify.ts';
import { identityMembers } from './permissions.ts';
import type { UiApi } from './ui.ts';
import { createViewportApi } from './viewport.ts';

/** The `figma` global. */
export function createFigma(context: PluginContext, ui: UiApi): Live {
  const { editor, events, services } = context;
  const viewport = createViewportApi(context);
  const storage = createClientStorage(services.storage);

  const members: Members<unknown> = {
    apiVersion: { get: () => '1.0.0' },
    command: { get: () => context.command },
    editorType: { get: () => context.editorType },
    mode: { get: () => 'default' },
    pluginId: { get: () => context.pluginId },
    fileKey: { get: () => undefined },
    mixed: { get: () => MIXED },
    skipInvisibleInstanceChildren: { get: () => false, set: () => undefined },
    ...pageMembers(context),
    ...createMembers(context),
    ...mediaMembers(context),
    ...identityMembers(context),
    ...REFUSED_CALLS,
    viewport: { get: () => viewport },
    clientStorage: { get: () => storage },
    ui: { get: () => ui.ui },
    showUI: { call: (_self, html, options) => ui.showUi(html, options) },
    notify: { call: (_self, message, options) => notify(context, message, options) },
    openExternal: { call: (_self, url) => services.openExternal(asString(url, 'url')) },
    closePlugin: {
      call: (_self, message) => context.close(message === undefined ? undefined : asString(message, 'message')),
    },
    commitUndo: { call: () => editor.history.commit() },
    triggerUndo: { call: () => void editor.history.undo() },
    on: { call: (_self, type, callback) => addHandler(context, type, asCallback(callback, 'callback'), false) },
    once: { call: (_self, type, callback) => addHandler(context, type, asCallback(callback, 'callback'), true) },
    off: { call: (_self, type, callback) => events.remove(asString(type, 'type'), asCallback(callback, 'callback')) },
    listAvailableFontsAsync: { call: async () => FONTS.map((fontName) => ({ fontName })) },
    hasMissingFont: { get: () => false },
    loadFontAsync: {
      call: async (_self, value) => {
        const font = asFontName(value, 'fontName');
        if (!FONTS.some((known) => fontKey(known) === fontKey(font))) {
          throw new Error(`The font "${fontKey(font)}" could not be loaded`);
        }
        context.loadedFonts.add(fontKey(font));
      },
    },
    base64Encode: { call: (_self, bytes) => encodeBase64(asBytes(bytes, 'data')) },
    base64Decode: {
      call: (_self, text) => Uint8Array.from(atob(asString(text, 'data')), (character) => character.charCodeAt(0)),
    },
  };
  return live('figma', members, undefined);
}

function addHandler(context: PluginContext, type: unknown, callback: Callback, once: boolean): void {
  context.events.add(requireEvent(context, asString(type, 'type')), callback, once);
}

function pageMembers(context: PluginContext): Members<unknown> {
  const { editor, nodeOf } = context;
  const { store } = editor;
  return {
    root: { get: () => nodeOf(ROOT_ID) },
    currentPage: { get: () => nodeOf(editor.currentPageId()), set: refusePageAssignment },
    setCurrentPageAsync: {
      call: async (_self, page) => {
        const id = context.idOf(page, 'page');
        if (store.read(id).type !== 'PAGE') throw new Error('Expected "page" to be a page');
        context.loadedPages.add(id);
        editor.openPage(id);
      },
    },
    loadAllPagesAsync: {
      call: async () => {
        for (const id of store.read(ROOT_ID).childIds) context.loadedPages.add(id);
      },
    },
    getNodeByIdAsync: {
      call: async (_self, id) => {
        const key = asString(id, 'id');
        if (store.get(key) === undefined) return null;
        const page = pageOf(store, key);
        if (page !== undefined && page.id !== key) context.loadedPages.add(page.id);
        return nodeOf(key);
      },
    },
  };
}

function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
