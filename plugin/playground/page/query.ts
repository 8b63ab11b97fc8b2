import type { EditorType, Plan } from '../api/context.ts';
import type { Theme } from '../window/theme-tokens.ts';

export interface PlaygroundQuery {
  readonly theme: Theme | undefined;
  readonly editorType: EditorType;
  readonly mode: 'development' | 'published';
  readonly plan: Plan;
}

/** The address's switches; what is not one of the known words counts as absent. */
export function readQuery(search: string): PlaygroundQuery {
  const query = new URLSearchParams(search);
  const pick = <const T extends string>(name: string, words: readonly T[]): T | undefined =>
    words.find((word) => word === query.get(name));
  return {
    theme: pick('theme', ['light', 'dark']),
    editorType: pick('editor', ['figma', 'figjam', 'slides', 'buzz']) ?? 'figma',
    mode: pick('mode', ['development', 'published']) ?? 'development',
    plan: pick('plan', ['starter', 'professional']) ?? 'professional',
  };
}
