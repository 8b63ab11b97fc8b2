const KEY = 'own';

/** Marks a layer as made by us, for as long as it lives. */
export function markOwnFrame(node: SceneNode): void {
  node.setPluginData(KEY, '1');
}

/** Whether a layer was made by us to hold a picture, rather than by the designer. */
export function isOwnFrame(node: SceneNode): boolean {
  return node.getPluginData(KEY) === '1';
}
