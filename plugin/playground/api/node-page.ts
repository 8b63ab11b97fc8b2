import { ROOT_ID } from '../document/record.ts';
import { cloneInto, removeNode } from '../document/tree.ts';
import type { Members } from '../sandbox/live.ts';
import { asArray, asCallback, oneOf } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';
import { baseMembers } from './node-base.ts';
import { childrenMembers } from './node-children.ts';
import { dataMembers } from './node-data.ts';
import { exportMembers } from './node-export.ts';

const pageEvent = oneOf('nodechange');

export function pageMembers(context: PluginContext): Members<NodeSelf> {
  const { store, selection } = context.editor;
  return {
    ...baseMembers(context),
    ...childrenMembers(context),
    ...dataMembers(context),
    ...exportMembers(context),
    selection: {
      get: ({ id }) => selection.get(id).map((nodeId) => context.nodeOf(nodeId)),
      set: ({ id }, value) =>
        selection.set(
          id,
          asArray(value, 'selection').map((node) => context.idOf(node, 'selection')),
        ),
    },
    loadAsync: {
      call: async ({ id }) => {
        store.read(id);
        context.loadedPages.add(id);
      },
    },
    isPageDivider: { get: () => false },
    remove: {
      call: ({ id }) => {
        if (store.read(ROOT_ID).childIds.length === 1) throw new Error('Removing this node is not allowed');
        removeNode(store, id);
      },
    },
    clone: { call: ({ id }) => context.nodeOf(cloneInto(store, id, ROOT_ID)) },
    on: {
      call: ({ id }, type, callback) =>
        context.events.add(`${pageEvent(type, 'type')} ${id}`, asCallback(callback, 'callback'), false),
    },
    once: {
      call: ({ id }, type, callback) =>
        context.events.add(`${pageEvent(type, 'type')} ${id}`, asCallback(callback, 'callback'), true),
    },
    off: {
      call: ({ id }, type, callback) =>
        context.events.remove(`${pageEvent(type, 'type')} ${id}`, asCallback(callback, 'callback')),
    },
  };
}

const UNLOADED_DOCUMENT =
  'Cannot search the document before all pages are loaded. Remember to call await figma.loadAllPagesAsync() first';

/** The document: its children are pages and always there; what looks into them needs all of them loaded. */
export function documentMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  const children = childrenMembers(context);
  const searching = Object.fromEntries(
    (['findAll', 'findOne', 'findAllWithCriteria'] as const).map((name) => [
      name,
      {
        call: (self: NodeSelf, ...args: readonly unknown[]) => {
          const pages = store.read(ROOT_ID).childIds;
          if (!pages.every((id) => context.loadedPages.has(id))) throw new Error(UNLOADED_DOCUMENT);
          return children[name]?.call?.(self, ...args);
        },
      },
    ]),
  );
  const { appendChild: _append, insertChild: _insert, ...reading } = children;
  return { ...baseMembers(context), ...dataMembers(context), ...reading, ...searching };
}
