import { areaOf } from './stage.ts';

/** Brings layers into view, and leaves the view alone when they are in it already. */
export function reveal(nodes: readonly SceneNode[]): void {
  const view = figma.viewport.bounds;
  const isSeen = (node: SceneNode) => {
    const area = areaOf(node);
    return (
      area &&
      area.x >= view.x &&
      area.y >= view.y &&
      area.x + area.width <= view.x + view.width &&
      area.y + area.height <= view.y + view.height
    );
  };
  if (!nodes.every(isSeen)) figma.viewport.scrollAndZoomIntoView(nodes);
}
