import { absoluteBounds, union } from '../document/geometry.ts';
import { type Live, live } from '../sandbox/live.ts';
import { asArray, asPoint, numberBetween } from './checks.ts';
import type { PluginContext } from './context.ts';

export function createViewportApi(context: PluginContext): Live {
  const { store, viewport } = context.editor;
  return live(
    'viewport',
    {
      center: {
        get: () => viewport.save().center,
        set: (_self, value) => viewport.set({ center: asPoint(value, 'center') }),
      },
      zoom: {
        get: () => viewport.save().zoom,
        set: (_self, value) => viewport.set({ zoom: numberBetween(Number.MIN_VALUE, Number.MAX_VALUE)(value, 'zoom') }),
      },
      bounds: { get: () => viewport.bounds() },
      scrollAndZoomIntoView: {
        call: (_self, nodes) => {
          const ids = asArray(nodes, 'nodes').map((node) => context.idOf(node, 'nodes'));
          const box = union(ids.map((id) => absoluteBounds(store, store.read(id))));
          if (box !== null) viewport.show(box);
        },
      },
    },
    undefined,
  );
}
