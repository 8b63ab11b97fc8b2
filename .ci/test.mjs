/**
 * `npm test`: installs what the tests need, then runs the checks and every test, and ends with one line of counts from
 * the runners' own reports.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
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
const SUITES = ['unit', 'browser', 'crash'];

try {
  process.exitCode = test() ? 0 : 1;
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

function test() {
  installPackages();
  installRedis({ mayInstall: true });
  const chromium = installChromium({ mayInstall: true });
  const env = { ...process.env, CHROMIUM_PATH: chromium, PATH: `${dirname(PINNED_NODE)}:${process.env.PATH}` };

  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const checked = npm('check', env) && npm('build', env);
  const passed = SUITES.map((suite) => runSuite(suite, env));
  const { counts, complete } = readReports();
  if (!checked) say('A check or the build failed: see above.');
  say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return checked && complete && passed.every(Boolean) && counts.failed === 0 && counts.passed > 0;
}

/** @param {string} script @param {NodeJS.ProcessEnv} env */
function npm(script, env) {
  return (
    spawnSync('npm', ['run', '--silent', script], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env })
      .status === 0
  );
}

/** @param {string} suite @param {NodeJS.ProcessEnv} env */
function runSuite(suite, env) {
  say(`\n--- ${suite} tests`);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(REPORTS, `${suite}.json`)}`];
  const args = [vitest, 'run', '--config', '.config/vitest.config.ts', '--project', suite, ...reporters];
  return spawnSync(PINNED_NODE, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
}

/** A suite that wrote no report did not run, whatever its exit code. */
function readReports() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let complete = true;
  for (const suite of SUITES) {
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
