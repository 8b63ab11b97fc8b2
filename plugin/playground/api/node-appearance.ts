import { arrange } from '../document/arrange.ts';
import { readPaints } from '../document/paints.ts';
import type { Members } from '../sandbox/live.ts';
import { asArray, asBoolean, asNumber, asString, numberBetween, oneOf } from './checks.ts';
import type { NodeSelf, PluginContext } from './context.ts';
import { field } from './node-base.ts';

export function blendMembers(context: PluginContext): Members<NodeSelf> {
  return {
    opacity: field(context, 'opacity', numberBetween(0, 1)),
    blendMode: field(context, 'blendMode', asString),
  };
}

export function paintMembers(context: PluginContext): Members<NodeSelf> {
  return {
    fills: field(context, 'fills', readPaints),
    strokes: field(context, 'strokes', readPaints),
    strokeWeight: field(context, 'strokeWeight', numberBetween(0, Number.MAX_VALUE)),
    dashPattern: field(context, 'dashPattern', (value, name) =>
      asArray(value, name).map((length, index) => numberBetween(0, Number.MAX_VALUE)(length, `${name}[${index}]`)),
    ),
    strokeAlign: field(context, 'strokeAlign', oneOf('INSIDE', 'OUTSIDE', 'CENTER')),
  };
}

export function cornerMembers(context: PluginContext): Members<NodeSelf> {
  return { cornerRadius: field(context, 'cornerRadius', numberBetween(0, Number.MAX_VALUE)) };
}

export function frameMembers(context: PluginContext): Members<NodeSelf> {
  const { store } = context.editor;
  const length = numberBetween(0, Number.MAX_VALUE);
  return {
    clipsContent: field(context, 'clipsContent', asBoolean),
    layoutMode: {
      get: ({ id }) => store.read(id).layoutMode,
      set: ({ id }, value) => {
        store.update(id, { layoutMode: oneOf('NONE', 'HORIZONTAL', 'VERTICAL')(value, 'layoutMode') });
        arrange(store, id);
      },
    },
    primaryAxisSizingMode: field(context, 'primaryAxisSizingMode', oneOf('FIXED', 'AUTO')),
    counterAxisSizingMode: field(context, 'counterAxisSizingMode', oneOf('FIXED', 'AUTO')),
    primaryAxisAlignItems: field(context, 'primaryAxisAlignItems', oneOf('MIN', 'MAX', 'CENTER', 'SPACE_BETWEEN')),
    counterAxisAlignItems: field(context, 'counterAxisAlignItems', oneOf('MIN', 'MAX', 'CENTER')),
    itemSpacing: field(context, 'itemSpacing', asNumber),
    paddingLeft: field(context, 'paddingLeft', length),
    paddingRight: field(context, 'paddingRight', length),
    paddingTop: field(context, 'paddingTop', length),
    paddingBottom: field(context, 'paddingBottom', length),
  };
}
