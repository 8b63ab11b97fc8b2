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

/**
 * The same with the packages in it: to find and read their two thousand files is half of all that a start takes. Outside
 * stay those that are not JavaScript alone, those that are read only where they are needed, and `parseurl`, whose way of
 * reading addresses Node forgives packages only.
 */
export const BUNDLE_WITH_PACKAGES = {
  ...BUNDLE,
  packages: 'bundle',
  external: ['sharp', '@napi-rs/webcodecs', 'msgpackr-extract', '@aws-sdk/client-s3', 'mediabunny', 'parseurl'],
  // What CommonJS packages ask for of Node itself.
  banner: { js: "import { createRequire as ofNode } from 'node:module'; const require = ofNode(import.meta.url);" },
} as const satisfies BuildOptions;

/** `npm run admin` and `npm run providers`. */
export const OPERATOR_PROGRAMS = [
  { in: 'broker/admin/main.ts', out: 'admin' },
  { in: 'broker/provider-checks/main.ts', out: 'providers' },
] as const;
