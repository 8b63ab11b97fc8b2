import { arrange } from './arrange.ts';
import { absoluteTransform, apply, coordinateParent, invert } from './geometry.ts';
import { isContainer, type NodeRecord } from './record.ts';
import type { DocumentStore } from './store.ts';

/** The ancestors of a node, nearest first. */
export function ancestors(store: DocumentStore, id: string): readonly NodeRecord[] {
  const found: NodeRecord[] = [];
  let parentId = store.get(id)?.parentId ?? null;
  while (parentId !== null) {
    const parent = store.read(parentId);
    found.push(parent);
    parentId = parent.parentId;
  }
  return found;
}

/** Everything below a node in Figma's order: each child before its own children, back to front. */
export function descendants(store: DocumentStore, id: string): readonly NodeRecord[] {
  return store.read(id).childIds.flatMap((childId) => [store.read(childId), ...descendants(store, childId)]);
}

export function pageOf(store: DocumentStore, id: string): NodeRecord | undefined {
  const record = store.get(id);
  if (record?.type === 'PAGE') return record;
  return ancestors(store, id).find((ancestor) => ancestor.type === 'PAGE');
}

/**
 * Puts a node into a parent at an index. Its `x` and `y` stay as they are, as Figma does it.
 *
 * @throws Error when the parent cannot have children or is inside the node.
 */
export function insertChild(store: DocumentStore, parentId: string, index: number, childId: string): void {
  const parent = store.read(parentId);
  const child = store.read(childId);
  if (!isContainer(parent)) throw new Error(`A node of type ${parent.type} cannot have children`);
  if (parentId === childId || ancestors(store, parentId).some((ancestor) => ancestor.id === childId)) {
    throw new Error('A parent cannot be its own descendant');
  }
  const old = child.parentId;
  detach(store, childId);
  const siblings = store.read(parentId).childIds;
  if (index < 0 || index > siblings.length) throw new Error('Index out of range');
  store.update(parentId, { childIds: [...siblings.slice(0, index), childId, ...siblings.slice(index)] });
  store.update(childId, { parentId });
  arrange(store, childId);
  if (old !== null && old !== parentId) afterLoss(store, old);
}

export function appendChild(store: DocumentStore, parentId: string, childId: string): void {
  const { childIds } = store.read(parentId);
  insertChild(store, parentId, childIds.filter((id) => id !== childId).length, childId);
}

/** Puts a node into another parent and keeps it where it is on the page. */
export function moveIntoParent(store: DocumentStore, parentId: string, childId: string): void {
  const corner = apply(absoluteTransform(store, store.read(childId)), { x: 0, y: 0 });
  appendChild(store, parentId, childId);
  const origin = coordinateParent(store, store.read(childId));
  if (origin !== undefined) store.update(childId, apply(invert(absoluteTransform(store, origin)), corner));
  arrange(store, childId);
}

function detach(store: DocumentStore, id: string): void {
  const { parentId } = store.read(id);
  if (parentId === null) return;
  const parent = store.get(parentId);
  if (parent === undefined) return;
  store.update(parentId, { childIds: parent.childIds.filter((childId) => childId !== id) });
}

/** A group that lost its last child goes too; any other parent is laid out again. */
function afterLoss(store: DocumentStore, parentId: string): void {
  const parent = store.get(parentId);
  if (parent === undefined) return;
  if (parent.type === 'GROUP' && parent.childIds.length === 0) removeNode(store, parentId);
  else arrange(store, parentId);
}

/** Takes a node and all below it out of the document. */
export function removeNode(store: DocumentStore, id: string): void {
  const { parentId } = store.read(id);
  detach(store, id);
  for (const record of [...descendants(store, id)].reverse()) store.put(record.id, undefined);
  store.put(id, undefined);
  if (parentId !== null) afterLoss(store, parentId);
}

/** Copies a node and all below it, under a new parent, in front of its siblings. */
export function cloneInto(store: DocumentStore, id: string, parentId: string): string {
  const copy = copyOf(store, id, parentId);
  store.update(parentId, { childIds: [...store.read(parentId).childIds, copy] });
  arrange(store, copy);
  return copy;
}

function copyOf(store: DocumentStore, id: string, parentId: string): string {
  const copyId = store.newId();
  const record = store.read(id);
  store.put(copyId, { ...record, id: copyId, parentId, childIds: [] });
  store.update(copyId, { childIds: record.childIds.map((childId) => copyOf(store, childId, copyId)) });
  return copyId;
}
