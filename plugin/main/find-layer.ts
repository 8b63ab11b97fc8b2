import { judgeTarget } from './find-target.ts';

/** A layer that can carry a picture as its fill. */
export type Holder = SceneNode & MinimalFillsMixin;

/** A layer by its id; null when it is gone. Another person may have deleted it at any time. */
export async function findLayer(id: string): Promise<SceneNode | null> {
  const node = await figma.getNodeByIdAsync(id);
  return node && !node.removed && 'visible' in node ? node : null;
}

/** A layer that can carry a picture now, or why it cannot, in words. */
export async function findHolder(id: string): Promise<Holder | string> {
  const node = await findLayer(id);
  const verdict = node && judgeTarget(node);
  return verdict?.takesFill ? (node as Holder) : (verdict?.why ?? 'The place for this picture is gone.');
}

/** The page that a layer is on; null when it is on none, because it is gone. */
export function pageOf(node: BaseNode): BaseNode | null {
  let page: BaseNode | null = node;
  while (page && page.type !== 'PAGE') page = page.parent;
  return page;
}
