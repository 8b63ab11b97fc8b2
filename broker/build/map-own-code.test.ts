import { SourceMap } from 'node:module';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { mapOwnCode } from './map-own-code.ts';

const FILES: Readonly<Record<string, string>> = {
  '/own/first.ts': "console.log('ours first');\n",
  '/own/start.ts': "import { fromPackage } from '/node_modules/p/index.js';\nexport const own = () => fromPackage();\n",
  '/node_modules/p/index.js': 'export function fromPackage() {\n  throw new Error("of the package");\n}\n',
  '/own/end.ts':
    "import '/own/first.ts';\nexport * from '/own/start.ts';\nexport function last() {\n  return 'ours again';\n}\n",
};

/** A bundle of what is ours, a package and ours, and Node's own reader of its map. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: ['/own/end.ts'],
    bundle: true,
    format: 'esm',
    write: false,
    outfile: '/out.js',
    sourcemap: 'external',
    plugins: [
      {
        name: 'files',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /.*/ }, ({ path }) => ({ path }));
          onLoad({ filter: /.*/ }, ({ path }) => ({ contents: FILES[path] ?? '', loader: 'ts' }));
        },
      },
    ],
  });
  const [map = '', code = ''] = outputFiles.map(({ text }) => text);
  const lines = code.split('\n');
  return {
    map,
    entryAt(text: string, json: string) {
      const line = lines.findIndex((one) => one.includes(text));
      return new SourceMap(JSON.parse(json)).findEntry(line, (lines[line] ?? '').indexOf(text));
    },
  };
}

test('a frame of our own code is found in its file and line, before and after a package’s', async () => {
  const { map, entryAt } = await bundle();
  const own = mapOwnCode(map);
  expect(entryAt('"ours first"', own)).toMatchObject({ originalSource: 'own/first.ts', originalLine: 0 });
  expect(entryAt('"ours again"', own)).toMatchObject({ originalSource: 'own/end.ts', originalLine: 3 });
});

test('a frame of a package is left as it is, and none of its code is kept', async () => {
  const { map, entryAt } = await bundle();
  expect(entryAt('throw new Error', map)).toMatchObject({ originalLine: 1 });
  expect(entryAt('throw new Error', mapOwnCode(map))).not.toHaveProperty('originalSource', expect.any(String));
  expect(mapOwnCode(map)).not.toContain('of the package');
});
