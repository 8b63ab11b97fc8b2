import { fault, list, oneOf, type Rule } from './fault.ts';

/** Where the plugin runs. A plugin cannot be for FigJam and Dev Mode at once. */
export const editorType: Rule = (value, path) => [
  ...list(oneOf('figma', 'figjam', 'dev', 'slides', 'buzz'), 1)(value, path),
  ...(Array.isArray(value) && value.includes('figjam') && value.includes('dev')
    ? fault(path, "Invalid value for editorType. 'figjam' and 'dev' cannot be used together.")
    : []),
];
