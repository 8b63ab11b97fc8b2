export interface Assumption {
  /** Code that rests on it names it as `assumption <id>`. */
  readonly id: string;
  readonly text: string;
}

/**
 * What this host does where Figma's documentation does not settle it, and where it knowingly stops short of Figma. Each is
 * to be tried in a real Figma on the day someone can.
 */
export const ASSUMPTIONS: readonly Assumption[] = [
  { id: 'auto-layout-defaults', text: 'A frame that gets a layoutMode hugs on both axes until it is resized.' },
  {
    id: 'auto-layout-scope',
    text: 'Wrapping and grid layouts, and constraints of children in plain frames, are not modelled.',
  },
  {
    id: 'bundle-text',
    text: 'The sandbox refuses the text import( and HTML comment marks anywhere in main, with these words.',
  },
  {
    id: 'close-turn',
    text: 'After closePlugin the running turn goes on, but no promise job or timer of the plugin is started again.',
  },
  { id: 'closed-wording', text: 'The error for using figma after closePlugin; only that it throws is documented.' },
  {
    id: 'crop-and-tile',
    text: 'CROP is drawn like FILL and TILE as one unscaled picture; imageTransform and filters are kept, not drawn.',
  },
  { id: 'csp-none', text: 'With ["none"] the policy is still default-src data: blob:, not data: alone.' },
  { id: 'csp-script', text: 'script-src and style-src allow inline code, and script-src allows eval.' },
  { id: 'dynamic-page-prefix', text: 'Dynamic-page errors are led by "in getNodeById: " like all others.' },
  { id: 'export-formats', text: 'exportAsync draws PNG and JPG; SVG, PDF, REST JSON and video are refused.' },
  {
    id: 'export-drawing',
    text: 'Exports are drawn by a browser canvas: strokes are centred, gradients and video are left out.',
  },
  { id: 'figjam-theme', text: 'FigJam differs from light by its brand hue alone, and the class is figma-light.' },
  { id: 'gradient-drawing', text: 'Gradients are drawn by direction only, and angular and diamond ones as radial.' },
  { id: 'image-wording', text: '"Image type is unsupported" and "Image is too large" are what createImage says.' },
  { id: 'message-envelope', text: 'The UI receives { pluginMessage, pluginId }; Figma may add more.' },
  {
    id: 'message-refusal',
    text: 'A message of the UI that holds what may not be sent is dropped and printed; main throws for its own.',
  },
  { id: 'message-size', text: 'Messages have no limit in size.' },
  { id: 'network-wording', text: 'The error when main asks a host that the manifest does not list.' },
  { id: 'notify-truncation', text: 'A notification of more than 100 characters is cut and ends in an ellipsis.' },
  { id: 'paint-wording', text: 'The words after "failed validation:" for paints and enumerations.' },
  {
    id: 'permission-wording',
    text: 'The error for an API whose permission is missing; only that it throws is documented.',
  },
  {
    id: 'removed-wording',
    text: 'Every property but id and removed of a removed node throws "The node with id … does not exist".',
  },
  { id: 'runaway-loop', text: 'A turn of more than 15 s is interrupted; Figma would hang.' },
  {
    id: 'sandbox-flags',
    text: 'The flags of the real iframe: scripts, forms, modals, popups that leave the sandbox, downloads.',
  },
  { id: 'slides-and-buzz', text: 'In Slides and Buzz new layers go to the page, not to the focused slide or asset.' },
  {
    id: 'storage-size',
    text: 'An entry of clientStorage counts its key and its JSON in UTF-8, and bytes by their number.',
  },
  { id: 'storage-wording', text: 'The error of clientStorage.setAsync when 5 MB are full.' },
  {
    id: 'text-metrics',
    text: 'Text is measured by the browser with its own Inter, line height 1.21; Figma rounds differently.',
  },
  { id: 'undo-uncommitted', text: 'triggerUndo without uncommitted changes reverts the last step.' },
  {
    id: 'unknown-property',
    text: 'Reading a property a node does not have gives undefined; setting one throws, for nodes are not extensible.',
  },
  {
    id: 'user',
    text: 'The person is always the same, named and with a session of 1; Figma gives null ids to anonymous people.',
  },
  { id: 'video-wording', text: 'The errors of createVideoAsync for format, size and plan.' },
];
