import type { Editor } from './editor.ts';
import { absoluteBounds, type Point } from './geometry.ts';
import { isContainer } from './record.ts';

/** The frontmost node under a canvas point that may take children; the page where there is none or it is locked. */
export function dropTarget(editor: Editor, point: Point): string {
  const { store } = editor;
  const search = (parentId: string): string => {
    for (const id of [...store.read(parentId).childIds].reverse()) {
      const record = store.read(id);
      const { x, y, width, height } = absoluteBounds(store, record);
      const isInside = point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
      if (isInside && record.visible) return record.locked || !isContainer(record) ? parentId : search(id);
    }
    return parentId;
  };
  return search(editor.currentPageId());
}
