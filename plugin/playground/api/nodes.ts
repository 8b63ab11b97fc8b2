import type { NodeType } from '../document/record.ts';
import { Live, type Members, type Shape, shapeOf } from '../sandbox/live.ts';
import type { NodeSelf, PluginContext } from './context.ts';
import { dynamicPageMembers } from './dynamic-page.ts';
import { blendMembers, cornerMembers, frameMembers, paintMembers } from './node-appearance.ts';
import { sceneMembers } from './node-base.ts';
import { childrenMembers } from './node-children.ts';
import { dataMembers } from './node-data.ts';
import { exportMembers } from './node-export.ts';
import { layoutMembers, placeMembers } from './node-geometry.ts';
import { documentMembers, pageMembers } from './node-page.ts';
import { textMembers } from './node-text.ts';

/** What each type of node offers. */
function nodeShapes(context: PluginContext): Readonly<Record<NodeType, Shape>> {
  const layer: Members<NodeSelf> = {
    ...sceneMembers(context),
    ...placeMembers(context),
    ...dataMembers(context),
    ...exportMembers(context),
  };
  const layout = layoutMembers(context);
  const styled = (...names: readonly string[]): Members<NodeSelf> => dynamicPageMembers(context, names);
  const painted: Members<NodeSelf> = {
    ...layer,
    ...layout,
    ...blendMembers(context),
    ...paintMembers(context),
    ...styled('fillStyleId', 'strokeStyleId', 'effectStyleId', 'reactions'),
  };
  const { fills = {} } = paintMembers(context);
  const corner = cornerMembers(context);
  const children = childrenMembers(context);
  const members: Readonly<Record<NodeType, Members<NodeSelf>>> = {
    DOCUMENT: documentMembers(context),
    PAGE: pageMembers(context),
    FRAME: { ...painted, ...corner, ...children, ...frameMembers(context) },
    SECTION: { ...layer, ...children, fills, ...styled('fillStyleId') },
    GROUP: { ...layer, ...layout, ...blendMembers(context), ...children, ...styled('effectStyleId', 'reactions') },
    RECTANGLE: { ...painted, ...corner },
    ELLIPSE: painted,
    TEXT: { ...painted, ...textMembers(context) },
  };
  return Object.fromEntries(
    Object.entries(members).map(([type, shape]) => [type, shapeOf(`${type} node`, shape)]),
  ) as Record<NodeType, Shape>;
}

/** Keeps one object per node, so that the plugin can compare nodes with `===`, and one stays valid when the node is gone. */
export function createNodeRegistry(getContext: () => PluginContext): Pick<PluginContext, 'nodeOf' | 'idOf'> {
  const nodes = new Map<string, Live>();
  const ids = new Map<Live, string>();
  let shapes: Readonly<Record<NodeType, Shape>> | undefined;
  return {
    nodeOf(id) {
      const known = nodes.get(id);
      if (known !== undefined) return known;
      const context = getContext();
      shapes ??= nodeShapes(context);
      const made = new Live(shapes[context.editor.store.read(id).type], { id });
      nodes.set(id, made);
      ids.set(made, id);
      return made;
    },
    idOf(value, name) {
      const id = value instanceof Live ? ids.get(value) : undefined;
      if (id === undefined) throw new Error(`Expected "${name}" to be a node`);
      getContext().editor.store.read(id);
      return id;
    },
  };
}
