const KEY = 'document';

/**
 * The random name of this document, made at the first need and kept in the document. `figma.fileKey` is undefined for
 * public plugins. It says where a picture belongs and grants nothing, so it needs no secure randomness.
 */
export function documentId(): string {
  const known = figma.root.getPluginData(KEY);
  if (known !== '') return known;
  const made = `doc_${randomPart()}${randomPart()}`;
  figma.root.setPluginData(KEY, made);
  return made;
}

function randomPart(): string {
  return Math.random().toString(36).slice(2, 13).padEnd(11, '0');
}
