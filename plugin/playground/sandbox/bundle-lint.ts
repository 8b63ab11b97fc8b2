const REFUSED = [
  { pattern: /\bimport\s*(?:\/\*[\s\S]*?\*\/\s*)?\(/, what: 'possible import expression rejected' },
  { pattern: /\bimport\/[*/]/, what: 'possible import expression rejected' },
  { pattern: /<!--/, what: 'possible html comment rejected' },
  { pattern: /-->/, what: 'possible html comment rejected' },
] as const;

/**
 * Refuses text that Figma's sandbox refuses before it runs a plugin, even inside strings and comments.
 *
 * @returns The refusal in the sandbox's words with its line, or null (source: figma/plugin-typings#36; assumption `bundle-text`).
 */
export function lintBundle(source: string): string | null {
  for (const { pattern, what } of REFUSED) {
    const found = pattern.exec(source);
    if (found !== null) return `${what} around line ${source.slice(0, found.index).split('\n').length}`;
  }
  return null;
}
