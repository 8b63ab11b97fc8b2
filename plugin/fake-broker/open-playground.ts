import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { buildPlayground } from '../build/build-playground.ts';

const FIXTURE = join(import.meta.dirname, '../playground/fixtures/probe');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

const address = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`;
const listen = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(answer);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

/** A service on another origin: `/open` answers any origin, `/closed` none; both tell the origin they were asked from. */
function serveService(request: IncomingMessage, response: ServerResponse): void {
  const headers = request.url === '/open' ? { 'Access-Control-Allow-Origin': '*' } : {};
  response.writeHead(200, headers).end(`asked from ${request.headers.origin}`);
}

/**
 * The built playground in a real browser, for the tests of a file: with a plugin that does what it is asked, and a service
 * that its manifest allows. Each test has a page of its own.
 */
export function startPlayground() {
  let folder: string;
  let host: Server;
  let service: Server;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let errors: string[];

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

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'playground-'));
    await buildPlayground({ outDir: folder, minify: true });
    host = await listen((request, response) => void serveHost(request, response));
    service = await listen(serveService);
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
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

  return {
    page: () => page,
    context: () => context,
    /** What the page has complained of. */
    errors: () => errors,
    hostUrl: () => address(host),
    serviceUrl: () => address(service),
    canvas,
    ui,
    frames,
    open,
    drawFrame,
    runPlugin,
    inUi,
    ask,
  };
}
