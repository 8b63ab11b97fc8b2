import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface PlaygroundBuild {
  /** Emptied first; gets `index.html`, `host.js`, `host.css` and `quickjs.wasm`. */
  readonly outDir: string;
  readonly minify: boolean;
  /** The repository's root; the working directory when absent. */
  readonly root?: string;
}

/** Builds the playground page. The plugin it runs is not part of it: the server adds it under `plugin/`. */
export async function buildPlayground({ outDir, minify, root = process.cwd() }: PlaygroundBuild): Promise<void> {
  const source = join(root, 'plugin/playground');
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [join(source, 'host.ts'), join(source, 'host.css')],
    outdir: outDir,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify,
    sourcemap: !minify,
    legalComments: 'none',
    logLevel: 'warning',
  });
  await copyFile(join(source, 'index.html'), join(outDir, 'index.html'));
  await copyFile(quickJsFile(root), join(outDir, 'quickjs.wasm'));
}

/** QuickJS itself belongs to a package of quickjs-emscripten's, so it is looked up from there. */
function quickJsFile(root: string): string {
  const ours = createRequire(join(root, 'package.json'));
  return createRequire(ours.resolve('quickjs-emscripten')).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
}
