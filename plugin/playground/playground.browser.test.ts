import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPlayground } from '../build/build-playground.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/probe');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

let folder: string;
let host: Server;
let service: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let errors: string[];

const address = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`;
const listen = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(answer);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

/** `/playground/` as the broker serves it, with the fixture as its plugin and the stand-in service in its manifest. */
async function serveHost(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://host').pathname.replace(
    /^\/playground\/$/,
    '/playground/index.html',
  );
  const file = path.startsWith('/playground/plugin/')
    ? join(FIXTURE, path.slice('/playground/plugin/'.length))
    : join(folder, path.slice('/playground/'.length));
  try {
    const text = await readFile(file);
    const body = file.endsWith('manifest.json')
      ? String(text).replace('http://localhost:8787', address(service))
      : text;
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** A service on another origin: `/open` answers any origin, `/closed` none; both tell the origin they were asked from. */
function serveService(request: IncomingMessage, response: ServerResponse): void {
  const headers = request.url === '/open' ? { 'Access-Control-Allow-Origin': '*' } : {};
  response.writeHead(200, headers).end(`asked from ${request.headers.origin}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playground-'));
  await buildPlayground({ outDir: folder, minify: true });
  host = await listen((request, response) => void serveHost(request, response));
  service = await listen(serveService);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
  });
});

afterAll(async () => {
  await browser.close();
  host.close();
  service.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
});

afterEach(() => context.close());

const canvas = (): Locator => page.getByRole('application', { name: 'Canvas' });
const ui = (): FrameLocator => page.frameLocator('iframe[title="Inkpot"]');
const frames = (): Locator => page.locator('[data-node-type="FRAME"]');

async function open(query = ''): Promise<void> {
  await page.goto(`${address(host)}/playground/${query}`);
  await canvas().waitFor();
}

async function drawFrame(x: number, y: number, width: number, height: number): Promise<void> {
  await page.getByRole('button', { name: 'Frame tool' }).click();
  const box = await canvas().boundingBox();
  if (box === null) throw new Error('The canvas has no size');
  await page.mouse.move(box.x + x, box.y + y);
  await page.mouse.down();
  await page.mouse.move(box.x + x + width / 2, box.y + y + height / 2);
  await page.mouse.move(box.x + x + width, box.y + y + height);
  await page.mouse.up();
}

async function runPlugin(): Promise<void> {
  await page.getByRole('button', { name: 'Run plugin' }).click();
  await ui().getByRole('log').getByText('"early"').waitFor();
}

/** Runs code in the plugin's UI. */
async function inUi<T>(code: string): Promise<T> {
  const frame = await (await page.waitForSelector('iframe[title="Inkpot"]')).contentFrame();
  if (frame === null) throw new Error('The plugin has no window');
  return frame.evaluate<T>(code);
}

/** Asks the plugin's main for something, as its UI does, and gives what comes back. */
function ask<T = { result?: unknown; error?: string; origin: string }>(
  action: string,
  value = 'undefined',
): Promise<T> {
  return inUi<T>(`new Promise((resolve) => {
    const listen = ({ data }) => {
      if (data.pluginMessage.action !== '${action}') return;
      window.removeEventListener('message', listen);
      resolve(data.pluginMessage);
    };
    window.addEventListener('message', listen);
    parent.postMessage({ pluginMessage: { action: '${action}', value: ${value} } }, '*');
  })`);
}

describe('the frame of the UI', () => {
  beforeEach(async () => {
    await open('?theme=light');
    await runPlugin();
  });

  test('has an opaque origin, and what main posted before it had loaded arrives', async () => {
    expect(await inUi('self.origin')).toBe('null');
    expect(await inUi('received[0]')).toEqual({ early: 'sent before the frame had loaded' });
    expect((await ask('command')).origin).toBe('null');
  });

  test('cannot reach any storage', async () => {
    for (const use of ['localStorage.length', 'sessionStorage.length', 'document.cookie']) {
      expect(await inUi(`try { ${use}; 'reached' } catch (error) { error.name }`)).toBe('SecurityError');
    }
  });

  test('reaches the listed service over CORS, and nothing else', async () => {
    const get = (url: string): Promise<string> =>
      inUi(`fetch('${url}').then((response) => response.text(), (error) => error.name)`);
    expect(await get(`${address(service)}/open`)).toBe('asked from null');
    expect(await get(`${address(service)}/closed`)).toBe('TypeError');
    expect(await get(`${address(host)}/playground/host.js`)).toBe('TypeError');
    expect(errors.some((text) => text.includes('Content Security Policy'))).toBe(true);
  });

  test('shows pictures from blobs, and none from an unlisted host', async () => {
    const load = (src: string): Promise<string> =>
      inUi(`new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('shown');
        image.onerror = () => resolve('refused');
        image.src = ${src};
      })`);
    const svg = '\'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\'';
    expect(await load(`URL.createObjectURL(new Blob([${svg}], { type: 'image/svg+xml' }))`)).toBe('shown');
    expect(await load(`'${address(host)}/playground/picture.png'`)).toBe('refused');
  });

  test('follows the theme while it is open, and the plugin sees no message of it', async () => {
    const read = `[document.documentElement.className, getComputedStyle(document.body).backgroundColor]`;
    expect(await inUi(read)).toEqual(['figma-light', 'rgb(255, 255, 255)']);
    await page.getByRole('switch', { name: 'Dark theme' }).click();
    await ui().locator('html.figma-dark').waitFor();
    expect(await inUi(read)).toEqual(['figma-dark', 'rgb(44, 44, 44)']);
    expect(await inUi('document.querySelectorAll("#figma-style").length')).toBe(1);
    expect(await inUi('received.length')).toBe(1);
  });

  test('cannot send a Blob: the message is dropped and the reason printed', async () => {
    await inUi(`parent.postMessage({ pluginMessage: { action: 'command', value: new Blob([]) } }, '*')`);
    await expect.poll(() => errors.join()).toContain('Cannot send a Blob in a message (at message.value)');
  });

  test('drops onto the canvas by pluginDrop, in canvas space', async () => {
    await inUi(`parent.postMessage({ pluginDrop: { clientX: -100, clientY: 60, dropMetadata: { job: 7 } } }, '*')`);
    await ui().getByText('"dropMetadata":{"job":7}').waitFor();
    const { drop } = await inUi<{ drop: { type: string; x: number } }>('received.at(-1)');
    const [frame, area] = [await page.locator('iframe[title="Inkpot"]').boundingBox(), await canvas().boundingBox()];
    expect(drop.type).toBe('PAGE');
    expect(drop.x).toBeCloseTo((frame?.x ?? 0) - 100 - (area?.x ?? 0) - (area?.width ?? 0) / 2, 0);
  });

  test("main's own requests come from a null origin, so that CORS applies to them", async () => {
    expect((await ask('fetch', `'${address(service)}/open'`)).result).toBe('asked from null');
    expect((await ask('fetch', `'${address(service)}/closed'`)).error).toBe('Failed to fetch');
    expect((await ask('fetch', `'${address(host)}/playground/host.js'`)).error).toContain('networkAccess');
  });
});

test('a published plugin does not reach development domains', async () => {
  await open('?mode=published');
  await runPlugin();
  expect(await inUi(`fetch('${address(service)}/open').catch((error) => error.name)`)).toBe('TypeError');
});

test('in FigJam the theme is light, whatever the switch says', async () => {
  await open('?theme=dark&editor=figjam');
  await runPlugin();
  expect(await inUi('document.documentElement.className')).toBe('figma-light');
});

describe('the canvas', () => {
  beforeEach(() => open());

  test('a drawn frame is white, selected, named, and the move tool is back', async () => {
    await drawFrame(60, 80, 200, 120);
    expect(await frames().count()).toBe(1);
    expect(await frames().getAttribute('data-node-name')).toBe('Frame 1');
    const [frame, area] = [await frames().boundingBox(), await canvas().boundingBox()];
    expect(frame).toMatchObject({ x: (area?.x ?? 0) + 60, y: (area?.y ?? 0) + 80, width: 200, height: 120 });
    expect(await page.getByRole('button', { name: 'Frame 1' }).getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('button', { name: 'Frame tool' }).getAttribute('aria-pressed')).toBe('false');
    expect(await page.getByRole('button', { name: 'Move tool' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('a plugin fills the selected frame, and a reload keeps it, its relaunch button and its picture', async () => {
    await drawFrame(60, 80, 200, 120);
    await runPlugin();
    await ask('fill');
    await frames().locator('img').waitFor();
    expect(await frames().locator('img').getAttribute('alt')).toBe('Frame 1');
    await page.locator('[data-saved="true"]').waitFor();

    await page.reload();
    const picture = frames().locator('img');
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
    await page.getByRole('button', { name: 'Frame 1' }).click();
    await page.getByRole('button', { name: 'Generate again' }).click();
    expect((await ask('command')).result).toBe('again');
    expect(errors).toEqual([]);
  });

  test('export draws the selected layer at the asked width', async () => {
    await drawFrame(60, 80, 200, 100);
    await runPlugin();
    const { result } = await ask<{ result: Record<string, number> }>('export');
    const png = Uint8Array.from(Object.values(result));
    expect([...png.slice(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    const view = new DataView(png.buffer);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([20, 10]);
  });

  test('text is measured and shown', async () => {
    await runPlugin();
    const { result } = await ask<{ result: number }>('label', "'Ink'");
    const text = page.locator('[data-node-type="TEXT"]');
    expect(await text.textContent()).toBe('Ink');
    expect((await text.boundingBox())?.width).toBe(result);
  });

  test('click selects, shift adds, drag moves, the keys nudge, delete and undo', async () => {
    await drawFrame(40, 40, 100, 100);
    await drawFrame(200, 40, 100, 100);
    const [first, second] = [
      page.getByRole('button', { name: 'Frame 1' }),
      page.getByRole('button', { name: 'Frame 2' }),
    ];
    await frames().first().click();
    expect([await first.getAttribute('aria-pressed'), await second.getAttribute('aria-pressed')]).toEqual([
      'true',
      'false',
    ]);
    await frames()
      .last()
      .click({ modifiers: ['Shift'] });
    expect([await first.getAttribute('aria-pressed'), await second.getAttribute('aria-pressed')]).toEqual([
      'true',
      'true',
    ]);

    const before = await frames().first().boundingBox();
    await page.mouse.move((before?.x ?? 0) + 50, (before?.y ?? 0) + 50);
    await page.mouse.down();
    await page.mouse.move((before?.x ?? 0) + 70, (before?.y ?? 0) + 90);
    await page.mouse.up();
    expect(await frames().first().boundingBox()).toMatchObject({ x: (before?.x ?? 0) + 20, y: (before?.y ?? 0) + 40 });
    await page.keyboard.press('Shift+ArrowRight');
    expect((await frames().first().boundingBox())?.x).toBe((before?.x ?? 0) + 30);

    await page.keyboard.press('Delete');
    expect(await frames().count()).toBe(0);
    for (const _ of ['delete', 'nudge', 'move']) await page.keyboard.press('Control+z');
    expect(await frames().first().boundingBox()).toEqual(before);
    await frames().first().click();
    await page.keyboard.press('Escape');
    expect(await first.getAttribute('aria-pressed')).toBe('false');
  });

  test('wheel, space and the middle button pan; control and wheel zoom; the page does not scroll', async () => {
    await drawFrame(40, 40, 100, 100);
    const at = async (): Promise<{ x: number; y: number; width: number }> =>
      (await frames().boundingBox()) ?? { x: 0, y: 0, width: 0 };
    const start = await at();
    await canvas().hover();
    await page.mouse.wheel(-30, -50);
    await expect.poll(at).toMatchObject({ x: start.x + 30, y: start.y + 50 });

    const pan = async (press: () => Promise<void>, release: () => Promise<void>): Promise<void> => {
      await page.mouse.move(600, 500);
      await press();
      await page.mouse.move(640, 520);
      await release();
    };
    await pan(
      async () => {
        await page.keyboard.down(' ');
        await page.mouse.down();
      },
      async () => {
        await page.mouse.up();
        await page.keyboard.up(' ');
      },
    );
    expect(await at()).toMatchObject({ x: start.x + 70, y: start.y + 70 });
    await pan(
      () => page.mouse.down({ button: 'middle' }),
      () => page.mouse.up({ button: 'middle' }),
    );
    expect(await at()).toMatchObject({ x: start.x + 110, y: start.y + 90 });

    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await at()).width).toBeGreaterThan(150);
    expect(await page.evaluate(() => [window.scrollX, window.scrollY])).toEqual([0, 0]);
  });

  test('two quick clicks on Run plugin leave one plugin', async () => {
    await page.getByRole('button', { name: 'Run plugin' }).dblclick();
    await ui().getByRole('log').getByText('"early"').waitFor();
    // The second click's plugin takes the window over from the first's, whose answer may get lost on the way.
    const answer = async () => (await ask('command').catch(() => undefined))?.result;
    await expect.poll(answer, { timeout: 10_000 }).toBe('');
    expect(await page.locator('iframe[title="Inkpot"]').count()).toBe(1);
    await page.getByRole('button', { name: 'Close plugin' }).click();
    expect(await page.locator('iframe[title="Inkpot"]').count()).toBe(0);
  });

  test('a plugin that is not there, or whose manifest is faulty, says so', async () => {
    await page.route('**/plugin/manifest.json', (route) => route.fulfill({ json: { name: 'Inkpot', colour: 1 } }));
    await page.getByRole('button', { name: 'Run plugin' }).click();
    await page.getByText("Manifest error: Invalid manifest field 'colour'").waitFor();
    await page.route('**/plugin/manifest.json', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('button', { name: 'Run plugin' }).click();
    await page.getByText('manifest.json could not be loaded (404)').waitFor();
  });

  test('Reset document empties it and keeps what the person stored', async () => {
    await drawFrame(60, 80, 200, 120);
    await runPlugin();
    await ask('store', "'signed in'");
    await page.getByRole('button', { name: 'Reset document' }).click();
    await expect.poll(() => frames().count()).toBe(0);
    await page.reload();
    await canvas().waitFor();
    expect(await frames().count()).toBe(0);
    await runPlugin();
    expect((await ask('stored')).result).toBe('signed in');
  });

  test('a plugin without a window is shown as running, and says goodbye', async () => {
    await runPlugin();
    await inUi(`parent.postMessage({ pluginMessage: { action: 'hide' } }, '*')`);
    await page.getByText('Running Inkpot…').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Running Inkpot…').waitFor({ state: 'detached' });
    await runPlugin();
    await inUi(`parent.postMessage({ pluginMessage: { action: 'close' } }, '*')`);
    await page.getByText('Done', { exact: true }).waitFor();
    expect(await page.locator('iframe[title="Inkpot"]').count()).toBe(0);
  });

  test('openExternal opens a tab of its own', async () => {
    await runPlugin();
    const opening = context.waitForEvent('page');
    await inUi(`parent.postMessage({ pluginMessage: { action: 'open', value: '${address(service)}/open' } }, '*')`);
    expect((await opening).url()).toBe(`${address(service)}/open`);
    expect(await page.locator('[data-opened-url]').getAttribute('data-opened-url')).toBe(`${address(service)}/open`);
  });
});

test.each(['light', 'dark'])('nothing keeps people from using the page in %s', async (theme) => {
  await open(`?theme=${theme}`);
  await drawFrame(60, 80, 200, 120);
  await runPlugin();
  await ask('fill');
  await ask('notify', "'Placed on the canvas'");
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
