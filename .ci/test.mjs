/**
 * `npm test`: installs what the tests need, then runs the checks and every test, and ends with one line of counts from
 * the runners' own reports.
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  InstallError,
  installChromium,
  installPackages,
  installRedis,
  PINNED_NODE,
  ROOT,
  say,
} from '../broker/local/install.mjs';

const REPORTS = join(ROOT, '.cache', 'reports');

/**
 * Lines of suites side by side, beside the checks: much of each is waiting, for a browser, for the disk or for a broker to
 * come back. Where a line waits, the others go on.
 */
const LINES = [['unit'], ['edge', 'browser'], ['faults', 'cluster']];

const temporary = mkdtempSync(join(roomInMemory() ?? tmpdir(), 'inkpot-test-'));
try {
  process.exitCode = (await test()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  say(error.message);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function test() {
  // One after the other: the system's package manager locks itself.
  const redis = installRedis({ mayInstall: true });
  const chromium = redis.then(() => installChromium({ mayInstall: true }));
  chromium.catch(() => undefined);
  await Promise.all([redis, installPackages()]);
  // Where it cannot be installed, that is known by now; where it is being installed, only its own suite waits for it.
  await Promise.race([chromium, null]);
  const env = {
    ...process.env,
    PATH: `${dirname(PINNED_NODE)}:${process.env.PATH}`,
    // Brokers and runners start some eighty times, with the same packages.
    NODE_COMPILE_CACHE: join(ROOT, '.cache', 'compiled'),
    TMPDIR: temporary,
  };

  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const built = await runScript('build', env);
  const checking = runScript('check', env);
  const passed = await Promise.all(
    LINES.map(async (suites) => {
      const results = [];
      for (const suite of suites) {
        results.push(await runSuite(suite, suite === 'browser' ? { ...env, CHROMIUM_PATH: await chromium } : env));
      }
      return results.every(Boolean);
    }),
  );
  const checked = (await checking) && built;
  const { counts, complete } = readReports();
  if (!checked) say('A check or the build failed: see above.');
  say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return checked && complete && passed.every(Boolean) && counts.failed === 0 && counts.passed > 0;
}

/**
 * Where temporary files need no disk, if it has room for them (tmpfs(5)): servers under test wait for each write to be on
 * it. What a test kills is a process and never the machine, so what was written is there all the same.
 */
function roomInMemory() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 1e9 ? '/dev/shm' : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} script of package.json
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} whether it passed
 */
async function runScript(script, env) {
  const { code, said } = await run('npm', ['run', '--silent', script], env);
  say(said);
  return code === 0;
}

/**
 * Runs a suite and prints what it said.
 * @param {string} suite
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} whether it passed
 */
async function runSuite(suite, env) {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(REPORTS, `${suite}.json`)}`];
  const args = [vitest, 'run', '--config', '.config/vitest.config.ts', '--project', suite, ...reporters];
  const { code, said } = await run(PINNED_NODE, args, env);
  say(`\n--- ${suite} tests\n${said}`);
  return code === 0;
}

/**
 * Keeps what a program says until it has ended, so that two of them do not talk across each other.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function run(program, args, env) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, said };
}

/** A suite that wrote no report did not run, whatever its exit code. */
function readReports() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let complete = true;
  for (const suite of LINES.flat()) {
    try {
      const report = JSON.parse(readFileSync(join(REPORTS, `${suite}.json`), 'utf8'));
      counts.passed += report.numPassedTests;
      counts.failed += report.numFailedTests;
      counts.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
    } catch {
      complete = false;
      say(`The ${suite} tests left no report.`);
    }
  }
  return { counts, complete };
}
