import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium, type FrameLocator, type Page } from 'playwright-core';
import { buildPlayground } from '../build/build-playground.ts';
import { buildPlugin } from '../build/build-plugin.ts';
import { type FakeBroker, startFakeBroker } from './fake-broker.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** The built panel in the playground, in a real browser, on a made-up broker. */
export interface OpenedPanel {
  readonly fake: FakeBroker;
  readonly page: Page;
  readonly panel: FrameLocator;
  /** Runs in the panel's own frame. */
  evaluate<Result>(script: string): Promise<Result>;
  close(): Promise<void>;
}

/** A browser and a built playground, for as many panels as a test file opens. */
export interface PanelSite {
  /** Builds the panel for a broker of its own, and runs it in an empty document. */
  open(options: { readonly theme: 'light' | 'dark' }): Promise<OpenedPanel>;
  close(): Promise<void>;
}

export async function startPanelSite(): Promise<PanelSite> {
  const folder = await mkdtemp(join(tmpdir(), 'inkpot-panel-'));
  const [browser] = await Promise.all([
    chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] }),
    buildPlayground({ outDir: folder, minify: true }),
  ]);
  return {
    async open({ theme }) {
      const fake = await startFakeBroker((req, res) => serveFile(folder, req, res));
      await buildPlugin({ brokerUrl: fake.url, outDir: join(folder, 'plugin'), minify: true });
      const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
      await page.goto(`${fake.url}/index.html?theme=${theme}`);
      await page.getByRole('button', { name: 'Run plugin' }).click();
      return {
        fake,
        page,
        panel: page.frameLocator(PANEL),
        async evaluate<Result>(script: string) {
          const frame = await (await page.locator(PANEL).elementHandle())?.contentFrame();
          if (!frame) throw new Error('the panel is not open');
          return (await frame.evaluate(script)) as Result;
        },
        async close() {
          await page.close();
          await fake.close();
        },
      };
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true });
    },
  };
}

const PANEL = 'iframe[title="Inkpot"]';

function serveFile(folder: string, req: IncomingMessage, res: ServerResponse): void {
  const { pathname } = new URL(req.url ?? '/', 'http://localhost');
  const file = join(folder, pathname);
  if (!existsSync(file)) return void res.writeHead(404).end();
  res.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' });
  createReadStream(file).pipe(res);
}
