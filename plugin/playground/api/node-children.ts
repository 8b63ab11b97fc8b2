import type { NodeRecord } from '../document/record.ts';
import { appendChild, descendants, insertChild } from '../document/tree.ts';
import type { Live, Members } from '../sandbox/live.ts';
import { asArray, asCallback, asNumber, asObject, asString } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';

const UNLOADED_PAGE =
  'Cannot access children on a page that has not been explicitly loaded. Remember to call await page.loadAsync() or await figma.loadAllPagesAsync() first';

/** @throws Error in Figma's words when the node is a page that the plugin has not loaded. */
export function requireLoaded(context: PluginContext, id: string): void {
  const record = context.editor.store.read(id);
  if (record.type !== 'PAGE' || id === context.editor.currentPageId() || context.loadedPages.has(id)) return;
  throw new Error(UNLOADED_PAGE);
}

export function childrenMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  const childrenOf = (id: string): readonly string[] => {
    requireLoaded(context, id);
    return store.read(id).childIds;
  };
  const below = (id: string): readonly NodeRecord[] => {
    requireLoaded(context, id);
    return descendants(store, id);
  };
  const matches = (callback: unknown): ((record: NodeRecord) => boolean) => {
    if (callback === undefined) return () => true;
    const test = asCallback(callback, 'callback');
    return (record) => Boolean(test(context.nodeOf(record.id)));
  };
  const nodes = (records: readonly NodeRecord[]): readonly Live[] => records.map((record) => context.nodeOf(record.id));
  const first = (record: NodeRecord | undefined): Live | null => (record ? context.nodeOf(record.id) : null);

  return {
    children: { get: ({ id }) => childrenOf(id).map((childId) => context.nodeOf(childId)) },
    appendChild: {
      call: ({ id }, child) => {
        requireLoaded(context, id);
        appendChild(store, id, requireMovable(context, child));
      },
    },
    insertChild: {
      call: ({ id }, index, child) => {
        requireLoaded(context, id);
        insertChild(store, id, asNumber(index, 'index'), requireMovable(context, child));
      },
    },
    findAll: { call: ({ id }, callback) => nodes(below(id).filter(matches(callback))) },
    findOne: { call: ({ id }, callback) => first(below(id).find(matches(callback))) },
    findChildren: {
      call: ({ id }, callback) =>
        nodes(
          childrenOf(id)
            .map((child) => store.read(child))
            .filter(matches(callback)),
        ),
    },
    findChild: {
      call: ({ id }, callback) =>
        first(
          childrenOf(id)
            .map((child) => store.read(child))
            .find(matches(callback)),
        ),
    },
    findAllWithCriteria: { call: ({ id }, criteria) => nodes(below(id).filter(byCriteria(context, criteria))) },
  };
}

function requireMovable(context: PluginContext, child: unknown): string {
  const id = context.idOf(child, 'child');
  const { type } = context.editor.store.read(id);
  if (type === 'PAGE' || type === 'DOCUMENT')
    throw new Error(`Cannot move node. A ${type} node cannot be a child here`);
  return id;
}

/** `types`, and presence of plugin data by key or namespace. */
function byCriteria(context: PluginContext, criteria: unknown): (record: NodeRecord) => boolean {
  const { types, pluginData, sharedPluginData } = asObject(criteria, 'criteria');
  const wanted = types === undefined ? null : asArray(types, 'types').map((type) => asString(type, 'types'));
  const starts: string[][] = [];
  if (pluginData !== undefined) starts.push(prefixes(`${context.pluginId}/`, asObject(pluginData, 'pluginData').keys));
  if (sharedPluginData !== undefined) {
    const { namespace, keys } = asObject(sharedPluginData, 'sharedPluginData');
    starts.push(prefixes(`shared/${asString(namespace, 'namespace')}/`, keys));
  }
  return (record) =>
    (wanted === null || wanted.includes(record.type)) &&
    starts.every((any) => any.some((start) => Object.keys(record.data).some((key) => key.startsWith(start))));
}

function prefixes(base: string, keys: unknown): string[] {
  return keys === undefined ? [base] : asArray(keys, 'keys').map((key) => `${base}${asString(key, 'keys')}`);
}
