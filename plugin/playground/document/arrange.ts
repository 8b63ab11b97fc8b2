import { layOut } from './auto-layout.ts';
import { boundsOf, relativeTransform, union } from './geometry.ts';
import type { DocumentStore } from './store.ts';

/**
 * Brings everything that depends on a node's box up to date, from the node to its page: auto-layout frames place and hug
 * their children, groups take the bounds of theirs.
 */
export function arrange(store: DocumentStore, id: string): void {
  let record = store.get(id);
  while (record !== undefined && record.type !== 'PAGE' && record.type !== 'DOCUMENT') {
    if (record.layoutMode !== 'NONE') layOut(store, record.id);
    if (record.type === 'GROUP') fitGroup(store, record.id);
    record = record.parentId === null ? undefined : store.get(record.parentId);
  }
}

function fitGroup(store: DocumentStore, id: string): void {
  const children = store.read(id).childIds.map((childId) => store.read(childId));
  const box = union(children.map((child) => boundsOf(relativeTransform(child), child)));
  if (box !== null) store.update(id, box);
}

/** Moves a node; a group takes its children with it, because their `x` and `y` count from the group's own parent. */
export function moveBy(store: DocumentStore, id: string, dx: number, dy: number): void {
  const record = store.read(id);
  store.update(id, { x: record.x + dx, y: record.y + dy });
  if (record.type === 'GROUP') for (const childId of record.childIds) moveBy(store, childId, dx, dy);
}

/** Resizes a node; a group scales its children. Sizes are at least 0.01 px. */
export function resizeTo(store: DocumentStore, id: string, width: number, height: number): void {
  const record = store.read(id);
  if (record.type === 'GROUP') {
    const [sx, sy] = [width / record.width, height / record.height];
    for (const childId of record.childIds) {
      const child = store.read(childId);
      const [dx, dy] = [(child.x - record.x) * (sx - 1), (child.y - record.y) * (sy - 1)];
      moveBy(store, childId, dx, dy);
      resizeTo(store, childId, child.width * sx, child.height * sy);
    }
  }
  store.update(id, { width, height });
}
