import { arrange, moveBy, resizeTo } from '../document/arrange.ts';
import { isPlacedByParent } from '../document/auto-layout.ts';
import { absoluteBounds, absoluteTransform, relativeTransform } from '../document/geometry.ts';
import type { NodeRecord } from '../document/record.ts';
import type { Member, Members } from '../sandbox/live.ts';
import { asNumber, asSize, oneOf } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';
import { field } from './node-base.ts';

/** Place and size. */
export function placeMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;

  const coordinate = (key: 'x' | 'y'): Member<NodeSelf> => ({
    get: ({ id }) => store.read(id)[key],
    set: ({ id }, value) => {
      const to = asNumber(value, key);
      const record = store.read(id);
      if (isPlacedByParent(store, record)) return;
      moveBy(store, id, key === 'x' ? to - record.x : 0, key === 'y' ? to - record.y : 0);
      arrange(store, id);
    },
  });

  const resize: Member<NodeSelf> = {
    call: ({ id }, width, height) => {
      resizeTo(store, id, asSize(width, 'width'), asSize(height, 'height'));
      if (store.read(id).layoutMode !== 'NONE') fixSizing(store.read(id));
      arrange(store, id);
    },
  };

  /** Resizing an auto-layout frame makes both of its axes fixed. */
  const fixSizing = (record: NodeRecord): void =>
    store.update(record.id, { primaryAxisSizingMode: 'FIXED', counterAxisSizingMode: 'FIXED' });

  return {
    x: coordinate('x'),
    y: coordinate('y'),
    width: { get: ({ id }) => store.read(id).width },
    height: { get: ({ id }) => store.read(id).height },
    relativeTransform: { get: ({ id }) => relativeTransform(store.read(id)) },
    absoluteTransform: { get: ({ id }) => absoluteTransform(store, store.read(id)) },
    absoluteBoundingBox: { get: ({ id }) => absoluteBounds(store, store.read(id)) },
    resize,
    resizeWithoutConstraints: resize,
    targetAspectRatio: { get: ({ id }) => store.read(id).aspectRatio },
    lockAspectRatio: {
      call: ({ id }) => {
        const { width, height } = store.read(id);
        store.update(id, { aspectRatio: { x: width, y: height } });
      },
    },
    unlockAspectRatio: { call: ({ id }) => store.update(id, { aspectRatio: null }) },
  };
}

/** Rotation, scale and the part of auto layout that belongs to a child: all layers but sections have it. */
export function layoutMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  return {
    rotation: field(context, 'rotation', asNumber),
    absoluteRenderBounds: {
      get: ({ id }) => (store.read(id).visible ? absoluteBounds(store, store.read(id)) : null),
    },
    rescale: {
      call: ({ id }, scale) => {
        const factor = asSize(scale, 'scale');
        const { width, height } = store.read(id);
        resizeTo(store, id, width * factor, height * factor);
        arrange(store, id);
      },
    },
    layoutAlign: field(context, 'layoutAlign', oneOf('INHERIT', 'STRETCH')),
    layoutGrow: field(context, 'layoutGrow', asNumber),
    layoutPositioning: {
      get: ({ id }) => store.read(id).layoutPositioning,
      set: ({ id }, value) => {
        const to = oneOf('AUTO', 'ABSOLUTE')(value, 'layoutPositioning');
        const { parentId } = store.read(id);
        const inLayout = parentId !== null && store.read(parentId).layoutMode !== 'NONE';
        if (to === 'ABSOLUTE' && !inLayout) {
          throw new Error('Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE');
        }
        store.update(id, { layoutPositioning: to });
        arrange(store, id);
      },
    },
    layoutSizingHorizontal: sizing(context, 'HORIZONTAL'),
    layoutSizingVertical: sizing(context, 'VERTICAL'),
  };
}

type Direction = 'HORIZONTAL' | 'VERTICAL';

/** `layoutSizing*` is a shorthand over the parent's and the node's own auto-layout properties. */
function sizing(context: PluginContext, direction: Direction): Member<NodeSelf> {
  const { store } = context.editor;
  const name = direction === 'HORIZONTAL' ? 'layoutSizingHorizontal' : 'layoutSizingVertical';
  const parentOf = (record: NodeRecord): NodeRecord | undefined =>
    record.parentId === null ? undefined : store.get(record.parentId);
  const ownAxis = (record: NodeRecord): 'primaryAxisSizingMode' | 'counterAxisSizingMode' =>
    record.layoutMode === direction ? 'primaryAxisSizingMode' : 'counterAxisSizingMode';

  return {
    get: ({ id }) => {
      const record = store.read(id);
      const parent = parentOf(record);
      if (parent !== undefined && isPlacedByParent(store, record)) {
        const fills = parent.layoutMode === direction ? record.layoutGrow === 1 : record.layoutAlign === 'STRETCH';
        if (fills) return 'FILL';
      }
      if (record.type === 'TEXT') return textHugs(record, direction) ? 'HUG' : 'FIXED';
      return record.layoutMode !== 'NONE' && record[ownAxis(record)] === 'AUTO' ? 'HUG' : 'FIXED';
    },
    set: ({ id }, value) => {
      const to = oneOf('FIXED', 'HUG', 'FILL')(value, name);
      const record = store.read(id);
      const parent = parentOf(record);
      const inLayout = parent !== undefined && parent.layoutMode !== 'NONE';
      if (to === 'FILL' && !inLayout) throw new Error('FILL can only be set on children of auto-layout frames');
      if (to === 'HUG' && record.layoutMode === 'NONE' && !(record.type === 'TEXT' && inLayout)) {
        throw new Error('HUG can only be set on auto-layout frames and text children of auto-layout frames');
      }
      store.update(id, {
        ...(inLayout && parent.layoutMode === direction ? { layoutGrow: to === 'FILL' ? 1 : 0 } : {}),
        ...(inLayout && parent.layoutMode !== direction ? { layoutAlign: to === 'FILL' ? 'STRETCH' : 'INHERIT' } : {}),
        ...(record.layoutMode !== 'NONE' ? { [ownAxis(record)]: to === 'HUG' ? 'AUTO' : 'FIXED' } : {}),
      });
      arrange(store, id);
    },
  };
}

function textHugs(record: NodeRecord, direction: Direction): boolean {
  if (record.textAutoResize === 'WIDTH_AND_HEIGHT') return true;
  return record.textAutoResize === 'HEIGHT' && direction === 'VERTICAL';
}
