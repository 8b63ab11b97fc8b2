import { newRecord, ROOT_ID, type SceneType } from '../document/record.ts';
import { appendChild, insertChild, moveIntoParent, removeNode } from '../document/tree.ts';
import type { Live, Members } from '../sandbox/live.ts';
import { asArray, asNumber } from './checks.ts';
import type { PluginContext } from './context.ts';

const NAMES: Readonly<Record<SceneType, string>> = {
  FRAME: 'Frame',
  RECTANGLE: 'Rectangle',
  ELLIPSE: 'Ellipse',
  TEXT: 'Text',
  GROUP: 'Group',
  SECTION: 'Section',
};

/** `figma.create…` and grouping. New layers go in front, on the current page (assumption `slides-and-buzz`). */
export function createMembers(context: PluginContext): Members<unknown> {
  const { store } = context.editor;

  const create = (type: SceneType): Live => {
    const id = store.newId();
    const pageId = context.editor.currentPageId();
    store.put(id, newRecord(id, type, NAMES[type], pageId));
    appendChild(store, pageId, id);
    return context.nodeOf(id);
  };

  return {
    createFrame: { call: () => create('FRAME') },
    createRectangle: { call: () => create('RECTANGLE') },
    createEllipse: { call: () => create('ELLIPSE') },
    createText: { call: () => create('TEXT') },
    createSection: { call: () => create('SECTION') },
    createPage: {
      call: () => {
        const id = store.newId();
        const pages = store.read(ROOT_ID).childIds;
        store.put(id, newRecord(id, 'PAGE', `Page ${pages.length + 1}`, ROOT_ID));
        store.update(ROOT_ID, { childIds: [...pages, id] });
        return context.nodeOf(id);
      },
    },
    group: {
      call: (_self, nodes, parent, index) => {
        const ids = asArray(nodes, 'nodes').map((node) => context.idOf(node, 'nodes'));
        if (ids.length === 0) throw new Error('First argument must be an array of at least one node');
        const parentId = context.idOf(parent, 'parent');
        const id = store.newId();
        store.put(id, newRecord(id, 'GROUP', 'Group', parentId));
        const { length } = store.read(parentId).childIds;
        insertChild(store, parentId, index === undefined ? length : asNumber(index, 'index'), id);
        for (const childId of ids) moveIntoParent(store, id, childId);
        return context.nodeOf(id);
      },
    },
    ungroup: {
      call: (_self, node) => {
        const id = context.idOf(node, 'node');
        const { childIds, parentId } = store.read(id);
        if (parentId === null) throw new Error('Cannot ungroup a node without a parent');
        for (const childId of childIds) moveIntoParent(store, parentId, childId);
        if (store.get(id) !== undefined) removeNode(store, id);
        return childIds.map((childId) => context.nodeOf(childId));
      },
    },
  };
}
