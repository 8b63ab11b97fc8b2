import { ROOT_ID } from '../document/record.ts';
import { pageOf } from '../document/tree.ts';
import { createChangeLog } from './change-log.ts';
import type { PluginContext } from './context.ts';

/** Styles, timers and views are Figma's too, but nothing here changes them. */
const TYPES = [
  ...['run', 'close', 'selectionchange', 'currentpagechange', 'drop', 'documentchange', 'stylechange'],
  ...['timerstart', 'timerstop', 'timerpause', 'timerresume', 'timeradjust', 'timerdone'],
  ...['slidesviewchange', 'canvasviewchange'],
];

/** @throws Error for an event Figma does not have, or one whose condition is not met. */
export function requireEvent(context: PluginContext, type: string): string {
  if (!TYPES.includes(type)) throw new Error(`"${type}" is not a valid event type`);
  const pages = context.editor.store.read(ROOT_ID).childIds;
  if (type === 'documentchange' && !pages.every((id) => context.loadedPages.has(id))) {
    throw new Error(
      'Cannot register documentchange handler in incremental mode without calling figma.loadAllPagesAsync first',
    );
  }
  return type;
}

/** Passes what happens in the editor on to the plugin's handlers. Returns the way to stop. */
export function connectEvents(context: PluginContext): () => void {
  const { editor, events } = context;
  const log = createChangeLog(context);
  const stops = [
    editor.selection.onChange((pageId) => {
      if (pageId === editor.currentPageId()) events.later('selectionchange');
    }),
    editor.onPageChange(() => {
      events.later('currentpagechange');
      events.later('selectionchange');
    }),
    editor.store.subscribe((change) => {
      const pageId = pageOf(editor.store, change.after?.id ?? change.before?.parentId ?? '')?.id;
      if (pageId !== undefined) log.add(pageId, change);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
