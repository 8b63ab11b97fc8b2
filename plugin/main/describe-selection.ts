import type { Selection } from '../../shared/bridge/to-ui.ts';
import { judgeTarget } from './find-target.ts';
import { isOwnFrame } from './own-frame.ts';
import { readReceipt } from './receipts.ts';

/** What the panel needs to know of the selection. */
export function describeSelection(): Selection {
  const { selection } = figma.currentPage;
  const [node] = selection;
  if (!node || selection.length > 1) return { count: selection.length, node: null, receipt: null };
  const { takesFill, why } = judgeTarget(node);
  const receipt = readReceipt(node);
  return {
    count: 1,
    node: {
      id: node.id,
      name: node.name,
      width: node.width,
      height: node.height,
      // Our own pictures are selected when they land. The next one belongs beside them, not over them.
      takesFill: takesFill && !(receipt !== null && isOwnFrame(node)),
      why,
    },
    receipt,
  };
}
