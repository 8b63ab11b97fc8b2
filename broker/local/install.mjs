/**
 * What a fresh checkout lacks, installed once and said in a line. Plain JavaScript on Node's own modules, because it
 * runs before there are any packages, on whatever Node the machine has.
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The Node that the scripts run under: the pinned one, so that every machine runs the same. */
export const PINNED_NODE = join(
  ROOT,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/**
 * Where Chromium may be, by its names in Debian, Ubuntu, Homebrew and on macOS. Without windows it takes half the time to
 * do the same.
 */
const CHROMIUM_NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Stops with a message for the person at the terminal, not a stack. */
export class InstallError extends Error {}

/** Installs the npm packages when they are missing or older than the lock file. */
export async function installPackages() {
  if (!isNewer(join(ROOT, 'package-lock.json'), join(ROOT, 'node_modules', '.package-lock.json'))) return;
  say('Installing npm packages (once; a minute or so)');
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed: see its message above.');
}

/**
 * Makes sure that there is a `redis-server`, unless REDIS_URL points to one that runs elsewhere.
 * @param {{ mayInstall: boolean }} options
 */
export async function installRedis({ mayInstall }) {
  if (process.env.REDIS_URL || findProgram('redis-server')) return;
  await installSystemPackage({
    mayInstall,
    what: 'Redis',
    debian: 'redis-server',
    homebrew: ['install', 'redis'],
    otherwise: 'or set REDIS_URL to a Redis 7 (or later) that already runs',
  });
}

/**
 * Makes sure that there is a Chromium for the browser tests.
 * @param {{ mayInstall: boolean }} options
 * @returns {Promise<string>} the path of its executable
 */
export async function installChromium({ mayInstall }) {
  const found = () => process.env.CHROMIUM_PATH || CHROMIUM_NAMES.map(findProgram).find(Boolean) || findMacChrome();
  if (!found()) {
    await installSystemPackage({
      mayInstall,
      what: 'Chromium',
      debian: 'chromium-headless-shell',
      homebrew: ['install', '--cask', 'chromium'],
      otherwise: 'or set CHROMIUM_PATH to the executable of a Chromium or Chrome',
    });
  }
  const path = found();
  if (!path)
    throw new InstallError('Chromium was installed but is not on the PATH: set CHROMIUM_PATH to its executable.');
  return path;
}

/** @param {{ mayInstall: boolean, what: string, debian: string, homebrew: string[], otherwise: string }} wanted */
async function installSystemPackage({ mayInstall, what, debian, homebrew, otherwise }) {
  const byHand = process.platform === 'darwin' ? `brew ${homebrew.join(' ')}` : `sudo apt-get install ${debian}`;
  const failure = `${what} is not installed. Run: ${byHand} (${otherwise}).`;
  if (!mayInstall) throw new InstallError(failure);
  if (process.platform === 'darwin' && findProgram('brew')) {
    say(`Installing ${what} with Homebrew`);
    await run('brew', homebrew, failure);
  } else if (findProgram('apt-get') && (process.getuid?.() === 0 || maySudo())) {
    say(`Installing ${what} with apt-get`);
    const apt = (/** @type {string[]} */ args) => {
      const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
      const [program = 'env', ...rest] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
      return run(program, rest, failure, 'ignore');
    };
    await apt(['update', '-qq']);
    await apt(['install', '-y', '-qq', '--no-install-recommends', debian]);
  } else {
    throw new InstallError(failure);
  }
}

function maySudo() {
  return Boolean(findProgram('sudo')) && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/** @param {string} name */
function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function findMacChrome() {
  return [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} file
 * @param {string} than
 */
function isNewer(file, than) {
  try {
    return statSync(file).mtimeMs > statSync(than).mtimeMs;
  } catch {
    return true;
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} failure
 * @param {'inherit' | 'ignore'} [stdout]
 */
async function run(program, args, failure, stdout = 'inherit') {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', stdout, 'inherit'] });
  const status = await new Promise((resolve) => child.once('error', resolve).once('close', resolve));
  if (status !== 0) throw new InstallError(failure);
}
