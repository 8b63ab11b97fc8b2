/**
 * `npm start`: installs what is missing, then hands over to `start.ts` under the pinned Node.
 * @module
 */
import { spawn } from 'node:child_process';
import { InstallError, installPackages, installRedis, PINNED_NODE, ROOT, say } from './install.mjs';

const mayInstall = !process.argv.includes('--no-install');

try {
  if (mayInstall) await installPackages();
  await installRedis({ mayInstall });
  handOver();
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

function handOver() {
  const broker = spawn(PINNED_NODE, ['broker/local/start.ts', ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  broker.on('error', () => {
    say('The npm packages are missing. Run: npm ci');
    process.exitCode = 1;
  });
  broker.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  // A terminal's Ctrl-C reaches both processes; `kill` reaches only this one, which passes it on.
  process.on('SIGINT', () => undefined);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => broker.kill('SIGTERM'));
  endWithParent(broker);
}

/**
 * When npm is killed with -9 nobody passes a signal on: being handed to another parent is how it shows.
 * @param {import('node:child_process').ChildProcess} broker
 */
function endWithParent(broker) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) broker.kill('SIGTERM');
  }, 500).unref();
}
