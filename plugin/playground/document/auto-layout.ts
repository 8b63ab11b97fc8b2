import type { NodeRecord } from './record.ts';
import type { DocumentStore } from './store.ts';

interface Axis {
  readonly place: 'x' | 'y';
  readonly size: 'width' | 'height';
  readonly before: 'paddingLeft' | 'paddingTop';
  readonly after: 'paddingRight' | 'paddingBottom';
}

const ACROSS: Axis = { place: 'x', size: 'width', before: 'paddingLeft', after: 'paddingRight' };
const DOWN: Axis = { place: 'y', size: 'height', before: 'paddingTop', after: 'paddingBottom' };

/** True when the parent decides where the node stands, so that setting `x` or `y` does nothing. */
export function isPlacedByParent(store: DocumentStore, record: NodeRecord): boolean {
  const parent = record.parentId === null ? undefined : store.get(record.parentId);
  return parent !== undefined && parent.layoutMode !== 'NONE' && record.layoutPositioning === 'AUTO';
}

/**
 * Lays out one auto-layout frame: sizes that fill or hug, then places. Frames inside it that fill are laid out
 * again (assumption `auto-layout-scope`).
 */
export function layOut(store: DocumentStore, id: string): void {
  const frame = store.read(id);
  if (frame.layoutMode === 'NONE') return;
  const [primary, counter] = frame.layoutMode === 'HORIZONTAL' ? [ACROSS, DOWN] : [DOWN, ACROSS];
  const flowing = (): NodeRecord[] =>
    store
      .read(id)
      .childIds.map((childId) => store.read(childId))
      .filter((child) => child.visible && child.layoutPositioning === 'AUTO');

  const gaps = Math.max(0, flowing().length - 1) * frame.itemSpacing;
  const content = flowing().reduce((sum, child) => sum + child[primary.size], 0) + gaps;
  const widest = Math.max(0, ...flowing().map((child) => child[counter.size]));
  const size = {
    [primary.size]:
      frame.primaryAxisSizingMode === 'AUTO' && flowing().length > 0
        ? content + frame[primary.before] + frame[primary.after]
        : frame[primary.size],
    [counter.size]:
      frame.counterAxisSizingMode === 'AUTO' && flowing().length > 0
        ? widest + frame[counter.before] + frame[counter.after]
        : frame[counter.size],
  };
  store.update(id, size);
  fillChildren(store, store.read(id), flowing(), primary, counter, gaps);
  placeChildren(store, store.read(id), flowing(), primary, counter);
}

function fillChildren(
  store: DocumentStore,
  frame: NodeRecord,
  children: readonly NodeRecord[],
  primary: Axis,
  counter: Axis,
  gaps: number,
): void {
  const inner = (axis: Axis): number => Math.max(0.01, frame[axis.size] - frame[axis.before] - frame[axis.after]);
  const growing = children.filter((child) => child.layoutGrow > 0 && frame.primaryAxisSizingMode === 'FIXED');
  const fixed = children.filter((child) => !growing.includes(child));
  const rest = inner(primary) - gaps - fixed.reduce((sum, child) => sum + child[primary.size], 0);
  for (const child of children) {
    const patch = {
      ...(growing.includes(child) ? { [primary.size]: Math.max(0.01, rest / growing.length) } : {}),
      ...(child.layoutAlign === 'STRETCH' ? { [counter.size]: inner(counter) } : {}),
    };
    if (Object.keys(patch).length === 0) continue;
    store.update(child.id, patch);
    layOut(store, child.id);
  }
}

function placeChildren(
  store: DocumentStore,
  frame: NodeRecord,
  children: readonly NodeRecord[],
  primary: Axis,
  counter: Axis,
): void {
  const used = children.reduce((sum, child) => sum + child[primary.size], 0);
  const free = frame[primary.size] - frame[primary.before] - frame[primary.after] - used;
  const spread = frame.primaryAxisAlignItems === 'SPACE_BETWEEN' && children.length > 1;
  const gap = spread ? free / (children.length - 1) : frame.itemSpacing;
  const slack = spread ? 0 : free - gap * Math.max(0, children.length - 1);
  let at = frame[primary.before] + slack * shareBefore(frame.primaryAxisAlignItems);
  for (const child of children) {
    const across = frame[counter.size] - frame[counter.before] - frame[counter.after] - child[counter.size];
    store.update(child.id, {
      [primary.place]: at,
      [counter.place]: frame[counter.before] + across * shareBefore(frame.counterAxisAlignItems),
    });
    at += child[primary.size] + gap;
  }
}

function shareBefore(align: NodeRecord['primaryAxisAlignItems']): number {
  return align === 'CENTER' ? 0.5 : align === 'MAX' ? 1 : 0;
}
