/**
 * `npm run bench -- <name> [--json]`: bundles a measurement of what stands here, and runs it. Each has its baseline in
 * the same run, because only ratios last from one machine to the next.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from '../build/bundle.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, '.cache', 'bench');

/** The programs that each needs; the first one measures. */
const BENCHES = new Map([
  ['ledger', [{ in: 'broker/bench/ledger/bench.ts', out: 'ledger' }]],
  [
    'http',
    [
      { in: 'broker/bench/http/bench.ts', out: 'http' },
      { in: 'broker/main.ts', out: 'broker' },
      { in: 'broker/bench/http/bare-node.ts', out: 'bare-node' },
      { in: 'broker/bench/http/bare-express.ts', out: 'bare-express' },
    ],
  ],
  [
    'gateway',
    [
      { in: 'broker/bench/gateway/bench.ts', out: 'gateway' },
      { in: 'broker/main.ts', out: 'broker' },
    ],
  ],
]);

const [name = '', ...options] = process.argv.slice(2);
const programs = BENCHES.get(name);
if (!programs) {
  process.stderr.write(`Which bench? ${[...BENCHES.keys()].map((known) => `npm run bench -- ${known}`).join(', ')}\n`);
  process.exit(1);
}
await build({ ...BUNDLE, absWorkingDir: ROOT, entryPoints: programs, outdir: OUT, outExtension: { '.js': '.mjs' } });
const program = join(OUT, `${name}.mjs`);
const { status } = spawnSync(process.execPath, ['--enable-source-maps', program, ...options], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exit(status ?? 1);
