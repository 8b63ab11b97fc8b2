import { arrange } from '../document/arrange.ts';
import type { NodeRecord } from '../document/record.ts';
import { ancestors, cloneInto, pageOf, removeNode } from '../document/tree.ts';
import type { Member, Members } from '../sandbox/live.ts';
import { asBoolean, asString, type Check } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';

/** A property that is read from and written to the record as it is. */
export function field<K extends keyof NodeRecord>(
  context: PluginContext,
  key: K,
  check: Check<NodeRecord[K]>,
): Member<NodeSelf> {
  const { store } = context.editor;
  return {
    get: ({ id }) => store.read(id)[key],
    set: ({ id }, value) => {
      store.update(id, { [key]: check(value, key) });
      arrange(store, id);
    },
  };
}

/** What pages, the document and layers have in common. */
export function baseMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  return {
    id: { get: ({ id }) => id },
    type: { get: ({ id }) => store.read(id).type },
    name: field(context, 'name', asString),
    removed: { get: ({ id }) => store.get(id) === undefined },
    parent: {
      get: ({ id }) => {
        const { parentId } = store.read(id);
        return parentId === null ? null : context.nodeOf(parentId);
      },
    },
    toString: { call: ({ id }: NodeSelf) => `[object ${store.get(id)?.type ?? 'removed node'} ${id}]` },
    isAsset: { get: () => false },
  };
}

export function sceneMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  return {
    ...baseMembers(context),
    visible: field(context, 'visible', asBoolean),
    locked: field(context, 'locked', asBoolean),
    remove: {
      call: ({ id }) => {
        if (store.get(id) !== undefined) removeNode(store, id);
      },
    },
    clone: { call: ({ id }) => context.nodeOf(cloneInto(store, id, cloneParent(context, id))) },
    getTopLevelFrame: {
      call: ({ id }) => {
        const top = [store.read(id), ...ancestors(store, id)].filter((record) => record.type === 'FRAME').at(-1);
        return top === undefined ? undefined : context.nodeOf(top.id);
      },
    },
  };
}

/** "Duplicates the node. By default, the duplicate will be parented under `figma.currentPage`." */
function cloneParent(context: PluginContext, id: string): string {
  return pageOf(context.editor.store, id) === undefined ? id : context.editor.currentPageId();
}
