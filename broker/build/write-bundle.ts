import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { mapOwnCode } from './map-own-code.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, 'dist', 'broker');

/** Builds entries into `dist/broker/`: renamed into place, so that a broker that starts meanwhile never reads half a file. */
export async function writeBundle(options: BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...options, absWorkingDir: ROOT, outdir: OUT, write: false });
  await mkdir(OUT, { recursive: true });
  await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
      await writeFile(temporary, path.endsWith('.map') ? mapOwnCode(text) : text);
      await rename(temporary, path);
    }),
  );
}
