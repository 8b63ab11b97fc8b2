/**
 * `npm run test:mutants`: takes each line out of each of the ledger's scripts, one at a time, and runs the tests: one must
 * fail. Ends with 1 where none did. With names such as `hold.lua` or `hold.lua:12`, of those alone.
 * @module
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectRedis } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { listMutants, type Mutant } from './list-mutants.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = 'broker/ledger';

/** The ledger's own tests are asked first; then those of who uses what they leave out: moves, late results, archives. */
const ASKED = [
  [FOLDER],
  [
    'broker/moves',
    'broker/archive',
    'broker/transfers',
    'run-generation.test',
    'orphaned-jobs.test',
    'moved-pool.test',
  ],
] as const;

/** A script without a line may never end: then the tests do not, in ms. */
const PATIENCE_MS = 300_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '2' } },
});
if (!/^[1-9]\d?$/.test(values.jobs)) {
  process.stderr.write('--jobs takes a number from 1 on\n');
  process.exit(1);
}

const server = await startTestRedis();
const redis = await connectRedis({ url: server.url, name: 'mutants', logger: quiet });
const all = await listMutants(redis, ROOT, FOLDER);
redis.destroy();
await server.stop();

const nameOf = ({ file, line }: Mutant) => `${file}:${line}`;
const chosen = all.filter(
  (mutant) => positionals.length === 0 || positionals.some((name) => `${nameOf(mutant)}:`.includes(`/${name}:`)),
);
if (!(await passes(ASKED.flat(), null))) {
  process.stderr.write('The tests fail although no line is taken out: see npm run test:unit\n');
  process.exit(1);
}
const missed: Mutant[] = [];
const queue = chosen.values();
const workers = Array.from({ length: Number(values.jobs) }, async () => {
  for (const mutant of queue) {
    if (await isFound(mutant)) continue;
    missed.push(mutant);
    process.stdout.write(`not found: ${nameOf(mutant)}: ${mutant.text}\n`);
  }
});
await Promise.all(workers);
process.stdout.write(`${chosen.length} lines taken out, one at a time: ${chosen.length - missed.length} found\n`);
process.exitCode = missed.length > 0 || chosen.length === 0 ? 1 : 0;

/** Whether a test fails without the line. */
async function isFound(mutant: Mutant): Promise<boolean> {
  for (const tests of ASKED) {
    if (!(await passes(tests, mutant))) return true;
  }
  return false;
}

async function passes(tests: readonly string[], mutant: Mutant | null): Promise<boolean> {
  // A cache of modules would keep the scripts as they are, or as they were without a line.
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    '.config/vitest.config.ts',
    '--no-fsModuleCache',
  ];
  const env = {
    LEDGER_RUNS: '300',
    LEDGER_SEED: '1',
    ...process.env,
    LUA_WITHOUT_LINE: mutant ? nameOf(mutant) : '',
  };
  const child = spawn(process.execPath, [...vitest, '--project', 'unit', '--bail', '1', ...tests], {
    cwd: ROOT,
    env,
    stdio: 'ignore',
    timeout: PATIENCE_MS,
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => resolve(code === 0));
  });
}
