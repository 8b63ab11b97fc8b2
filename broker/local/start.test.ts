import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type InkpotProcess, startInkpot } from './inkpot-process.ts';

// Each start builds the broker and the plugin.
vi.setConfig({ testTimeout: 90_000 });

const dirs: string[] = [];
const running: InkpotProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((inkpot) => inkpot.end('SIGTERM')));
  await Promise.all(dirs.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
});

async function dataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'inkpot-start-'));
  dirs.push(dir);
  return dir;
}

async function start(dir: string, args: readonly string[] = ['--port', '0']): Promise<InkpotProcess> {
  const inkpot = await startInkpot({ INKPOT_DATA_DIR: dir }, args);
  running.push(inkpot);
  return inkpot;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('two copies run side by side, and SIGTERM ends each one with all its children', async () => {
  const [first, second] = [await dataDir(), await dataDir()];
  const [one, two] = await Promise.all([start(first), start(second)]);
  expect(one.origin).not.toBe(two.origin);
  for (const { origin } of [one, two]) expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  const { serverPid } = JSON.parse(await readFile(join(first, 'redis', 'server.json'), 'utf8'));
  expect(isAlive(serverPid)).toBe(true);

  expect(await one.end('SIGTERM')).toBe(0);
  expect(isAlive(serverPid)).toBe(false);
  await expect(fetch(`${one.origin}/healthz`)).rejects.toThrow();
  expect((await fetch(`${two.origin}/healthz`)).status).toBe(200);
});

test('it prints one URL, the playground, which has the plugin built for this broker', async () => {
  const inkpot = await start(await dataDir());
  expect(inkpot.lines.join('\n').match(/https?:/g)).toHaveLength(1);
  const page = await fetch(inkpot.playground);
  expect(page.status).toBe(200);
  const manifest = await (await fetch(new URL('plugin/manifest.json', inkpot.playground))).json();
  expect(manifest.networkAccess.devAllowedDomains).toContain(inkpot.origin);
  const ui = await fetch(new URL(`plugin/${manifest.ui}`, inkpot.playground));
  expect(await ui.text()).toContain(inkpot.origin);
});

test('a port that is taken, and a setting that is wrong, are said in words', async () => {
  const { origin } = await start(await dataDir());
  const { port } = new URL(origin);
  await expect(start(await dataDir(), ['--port', port])).rejects.toThrow(`Port ${port} is in use`);
  await expect(start(await dataDir(), ['--port', 'high'])).rejects.toThrow('PORT');
});
