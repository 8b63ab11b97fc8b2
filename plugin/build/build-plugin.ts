import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { readManifest } from '../manifest/validate-manifest.ts';
import { lintBundle } from '../playground/sandbox/bundle-lint.ts';
import { inlineHtml } from './inline-html.ts';
import { allowsBroker, networkAccessFor } from './network-access.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The largest that each file may be, gzipped, in bytes. */
export const BUDGETS = { main: 10_000, ui: 55_000 } as const;

export interface BuildPluginOptions {
  /** Where the panel finds the broker; a slash at its end is dropped. */
  readonly brokerUrl: string;
  /** Gets `dist/plugin/main.js`, `dist/plugin/ui.html` and, unless it is the repository, `manifest.json`. */
  readonly outDir: string;
  /** The manifest to start from; the repository's when left out. */
  readonly manifestPath?: string;
  readonly minify: boolean;
}

/** Gzipped bytes of each file. */
export interface PluginSizes {
  readonly main: number;
  readonly ui: number;
}

/**
 * Builds the two files that Figma loads, and checks them as Figma and our budgets would. A development build (not
 * minified) is checked too, all but its size.
 * @throws Error naming what is over its budget, what Figma would refuse in the code or the manifest, or a broker that
 * the repository's own manifest does not name.
 */
export async function buildPlugin(options: BuildPluginOptions): Promise<PluginSizes> {
  const { outDir, minify, manifestPath = join(ROOT, 'manifest.json') } = options;
  const brokerUrl = options.brokerUrl.replace(/\/+$/, '');
  const manifest = readManifest(JSON.parse(await readFile(manifestPath, 'utf8')));
  const isRepository = relative(ROOT, resolve(outDir)) === '';

  const [main, ui] = await Promise.all([bundleMain(minify), bundleUi(brokerUrl, minify)]);
  const refusal = lintBundle(main);
  if (refusal !== null) throw new Error(`Figma would refuse main.js: ${refusal}`);

  if (isRepository && !allowsBroker(manifest.networkAccess, brokerUrl)) {
    throw new Error(`manifest.json does not name ${brokerUrl}: build into another folder with --out`);
  }
  await write(join(outDir, manifest.main), main);
  await write(join(outDir, String(manifest.ui)), ui);
  if (!isRepository) {
    const networkAccess = networkAccessFor(brokerUrl, manifest.networkAccess ?? { allowedDomains: ['none'] });
    const own = readManifest({ ...manifest, networkAccess });
    await write(join(outDir, 'manifest.json'), `${JSON.stringify(own, null, 2)}\n`);
  }

  const sizes = { main: gzipSync(main, { level: 9 }).length, ui: gzipSync(ui, { level: 9 }).length };
  if (minify) requireWithin(sizes);
  return sizes;
}

/** @throws Error naming each file that is over its budget, and by how much. */
export function requireWithin(sizes: PluginSizes, budgets: PluginSizes = BUDGETS): void {
  const over = (['main', 'ui'] as const).filter((name) => sizes[name] > budgets[name]);
  if (over.length === 0) return;
  const words = over.map(
    (name) => `${name} has ${sizes[name]} of ${budgets[name]} bytes gzipped (${sizes[name] - budgets[name]} too many)`,
  );
  throw new Error(`Over budget: ${words.join('; ')}`);
}

const SHARED = {
  bundle: true,
  write: false,
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'silent',
  absWorkingDir: ROOT,
} as const satisfies BuildOptions;

/** Main is a script for QuickJS: Figma's guide names ES2020, and there are no modules (plugin documentation, "Libraries and bundling"). */
function bundleMain(minify: boolean): Promise<string> {
  return bundle({
    ...SHARED,
    entryPoints: ['plugin/main/main.ts'],
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2020',
    minify,
  });
}

async function bundleUi(brokerUrl: string, minify: boolean): Promise<string> {
  const script = bundle({
    ...SHARED,
    entryPoints: ['plugin/ui/main.tsx'],
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { __BROKER_URL__: JSON.stringify(brokerUrl), __DEVELOPMENT__: String(!minify) },
    minify,
  });
  const style = bundle({ ...SHARED, entryPoints: ['plugin/ui/style.css'], minify });
  return inlineHtml(await script, await style);
}

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...options, write: false });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error(`esbuild made nothing of ${String(options.entryPoints)}`);
  return text;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
