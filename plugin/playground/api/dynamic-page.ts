import type { Member, Members } from '../sandbox/live.ts';
import type { NodeSelf, PluginContext } from './context.ts';

const refusal = (instead: string): Error =>
  new Error(`Cannot call with documentAccess: dynamic-page. Use ${instead} instead`);

function refusedCall(instead: string): Member<unknown> {
  return {
    call: () => {
      throw refusal(instead);
    },
  };
}

/** The synchronous members of `figma` that `documentAccess: "dynamic-page"` takes away, with what replaces each. */
export const REFUSED_CALLS: Members<unknown> = Object.fromEntries(
  Object.entries({
    getNodeById: 'figma.getNodeByIdAsync()',
    getStyleById: 'figma.getStyleByIdAsync()',
    getLocalPaintStyles: 'figma.getLocalPaintStylesAsync()',
    getLocalTextStyles: 'figma.getLocalTextStylesAsync()',
    getLocalEffectStyles: 'figma.getLocalEffectStylesAsync()',
    getLocalGridStyles: 'figma.getLocalGridStylesAsync()',
    getFileThumbnailNode: 'figma.getFileThumbnailNodeAsync()',
  }).map(([name, instead]) => [name, refusedCall(instead)]),
);

const ASSIGNMENTS: Readonly<Record<string, string>> = {
  fillStyleId: 'node.setFillStyleIdAsync()',
  strokeStyleId: 'node.setStrokeStyleIdAsync()',
  effectStyleId: 'node.setEffectStyleIdAsync()',
  reactions: 'node.setReactionsAsync()',
};

/** Node properties that may be read but are set by an asynchronous method. */
export function dynamicPageMembers(context: PluginContext, names: readonly string[]): Members<NodeSelf> {
  const { store } = context.editor;
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        get: ({ id }: NodeSelf) => {
          store.read(id);
          return name === 'reactions' ? [] : '';
        },
        set: () => {
          throw refusal(ASSIGNMENTS[name] ?? '');
        },
      },
    ]),
  );
}

export function refusePageAssignment(): never {
  throw refusal('figma.setCurrentPageAsync()');
}
