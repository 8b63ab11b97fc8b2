import type { BuildOptions } from 'esbuild';

/** How the broker's programs are bundled: for Node, Lua and CSS as text, packages left outside. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  packages: 'external',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.lua': 'text', '.css': 'text' },
  sourcemap: 'linked',
} as const satisfies BuildOptions;
