/**
 * Builds the broker into `dist/broker/`: one file per entry, packages left outside.
 * @module
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from './bundle.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, 'dist', 'broker');

const { outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: [
    { in: 'broker/main.ts', out: 'main' },
    { in: 'broker/start-broker.ts', out: 'start-broker' },
    { in: 'broker/admin/main.ts', out: 'admin' },
    { in: 'broker/provider-checks/main.ts', out: 'providers' },
  ],
  outdir: OUT,
  ...BUNDLE,
  write: false,
});
await mkdir(OUT, { recursive: true });
// Renamed into place, so that a broker that starts meanwhile never reads half a file.
await Promise.all(
  outputFiles.map(async ({ path, contents }) => {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
    await writeFile(temporary, contents);
    await rename(temporary, path);
  }),
);
