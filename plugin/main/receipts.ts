const KEY = 'receipt';

/** Figma refuses longer relaunch descriptions (plugin typings, `setRelaunchData`). In characters. */
const MAX_RELAUNCH_DESCRIPTION = 1000;

/** The receipt of a layer as JSON text, or null when it is not a picture of ours. The panel knows its schema. */
export function readReceipt(node: SceneNode): string | null {
  return node.getPluginData(KEY) || null;
}

/** Puts the receipt into a layer, and the button that makes it again onto it. */
export function writeReceipt(node: SceneNode, receipt: string, relaunch: string): void {
  node.setPluginData(KEY, receipt);
  node.setRelaunchData({ reuse: relaunch.slice(0, MAX_RELAUNCH_DESCRIPTION) });
}
