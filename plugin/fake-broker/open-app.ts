import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { buildPlugin } from '../build/build-plugin.ts';
import { createTestHost, type TestHost } from '../playground/fixtures/test-host.ts';
import { type App, createApp } from '../ui/app.ts';
import { randomId } from '../ui/random-id.ts';
import { type FakeBroker, startFakeBroker } from './fake-broker.ts';

/**
 * The panel without its views, on the built main in QuickJS and a broker on a real port, for the tests of a file. Each
 * test has a host and a broker of its own; what is opened again in it finds the same ones.
 */
export function startApps() {
  let folder: string;
  let main: string;
  let fake: FakeBroker;
  let host: TestHost;
  let stored: Map<string, unknown>;
  let received: ((message: unknown) => void) | null;
  let opened: string[];
  let ahead: number;
  let closing: AbortController;
  let toMain: (message: unknown) => void = () => undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkpot-app-'));
    await buildPlugin({ brokerUrl: 'http://localhost:8787', outDir: folder, minify: false });
    main = await readFile(join(folder, 'dist/plugin/main.js'), 'utf8');
  });

  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    fake = await startFakeBroker();
    fake.knobs.pace = 'by-hand';
    stored = new Map();
    opened = [];
    ahead = 0;
    closing = new AbortController();
    host = createHost();
  });

  afterEach(async () => {
    closing.abort();
    await fake.close();
  });

  /** The playground's host, with a window whose messages reach the panel under test. */
  function createHost(): TestHost {
    return createTestHost({
      defer: (task) => void setTimeout(task, 0),
      storage: {
        get: async (key) => stored.get(key),
        set: async (key, value) => void stored.set(key, value),
        delete: async (key) => void stored.delete(key),
        keys: async () => [...stored.keys()],
      },
      openExternal: (url) => void opened.push(url),
      openWindow(_options, events) {
        toMain = (message) => events.onMessage(structuredClone(message), 'null');
        return {
          post: (message) => void setTimeout(() => received?.(structuredClone(message)), 0),
          setVisible: () => undefined,
          resize: () => undefined,
          reposition: () => undefined,
          position: () => ({ windowSpace: { x: 0, y: 0 }, canvasSpace: { x: 0, y: 0 } }),
          toCanvas: (point) => point,
          close: () => undefined,
        };
      },
    });
  }

  /**
   * Runs the plugin in the host's document. Pauses are short, so that back-off takes no time; none ends after the test, as
   * nothing goes on in a window that is closed.
   */
  async function open(): Promise<App> {
    received = null;
    toMain = () => undefined;
    await host.start(main);
    const complaints: unknown[] = [];
    const closed = closing.signal;
    const app = createApp({
      brokerUrl: fake.url,
      port: {
        post: (message) => toMain(message),
        listen: (receive) => {
          received = receive;
        },
      },
      fetch,
      now: () => Date.now() + ahead,
      randomId,
      wait: (ms, stop) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => !closed.aborted && resolve(), Math.min(ms, 5));
          stop?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(stop.reason);
          });
        }),
      pixels: {
        measure: async () => ({ width: 64, height: 32 }),
        drawMask: async ({ bytes }) => bytes,
      },
      objectUrls: { create: () => 'blob:picture', revoke: () => undefined },
      complain: (what, detail) => complaints.push([what, detail]),
    });
    app.start();
    await expect.poll(() => app.session.state.value.step).not.toBe('starting');
    return app;
  }

  async function openSignedIn(): Promise<App> {
    const app = await open();
    fake.knobs.device = 'approved';
    if (app.session.state.value.step === 'signed-out') void app.session.signIn();
    await expect.poll(() => app.loading.value.step).toBe('ready');
    return app;
  }

  async function generate(app: App, count = 1): Promise<string> {
    app.catalogue.modelId.value = 'lumen-2';
    app.form.edit({ prompt: 'a lighthouse', count });
    const before = fake.generations.size;
    void app.checkout.generate();
    await expect.poll(() => fake.generations.size).toBe(before + 1);
    return [...fake.generations.keys()].at(-1) ?? '';
  }

  const job = (app: App) => app.generations.jobs.value[0];
  /** Of every layer on the page, what an expression about it says. */
  const look = async (what: string) =>
    (await host.run(`console.log(figma.currentPage.children.map((node) => ${what}));`))[0];
  const layers = () => look('node.fills.map(({ type }) => type).join()');

  return {
    /** What surrounds the panel in this test: its broker, what main has stored, and the tabs that were opened. */
    world: () => ({ fake, stored, opened }),
    open,
    openSignedIn,
    generate,
    job,
    layers,
    /** What each layer on the page says of the picture that it waits for. */
    /** What Figma says of the plugin at the edge of its window. */
    toasts: () => host.toasts,
    labels: () => look('node.children.map(({ characters }) => characters).join()'),
    /** Lets ms pass for the panels of this test. */
    later(ms: number): void {
      ahead += ms;
    },
  };
}
