import type { Point, Rect } from './geometry.ts';

/** Where new frames appear, and what stands there already; in the parent's own px. */
export interface Stage {
  readonly centre: Point;
  readonly taken: readonly Rect[];
}

/**
 * The parent that Figma gives to new nodes: the page, or in Slides and Buzz the slide or asset in focus, whose children
 * count from its own corner while the viewport counts from the page's.
 */
export function currentStage(): Stage {
  const page = figma.currentPage;
  const inFocus = figma.editorType === 'slides' || figma.editorType === 'buzz' ? page.focusedNode : null;
  const parent = inFocus && 'children' in inFocus ? inFocus : page;
  return {
    centre: 'width' in parent ? { x: parent.width / 2, y: parent.height / 2 } : figma.viewport.center,
    taken: parent.children,
  };
}

/** The area that a layer covers on its page, or null when it has none. */
export function areaOf(node: SceneNode): Rect | null {
  return 'absoluteBoundingBox' in node ? node.absoluteBoundingBox : null;
}
