import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { buildPlugin } from '../build/build-plugin.ts';
import { type FakeBroker, startFakeBroker } from '../fake-broker/fake-broker.ts';
import { createTestHost, type TestHost } from '../playground/fixtures/test-host.ts';
import { createApp } from './app.ts';
import { randomId } from './random-id.ts';

// The panel without its views, on the built main in QuickJS and a broker on a real port.

let folder: string;
let main: string;
let fake: FakeBroker;
let host: TestHost;
let stored: Map<string, unknown>;
let received: ((message: unknown) => void) | null;
let opened: string[];

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
  host = createHost();
});

afterEach(() => fake.close());

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

let toMain: (message: unknown) => void = () => undefined;

/** Runs the plugin in the host's document. Pauses are short, so that back-off takes no time. */
async function open() {
  received = null;
  toMain = () => undefined;
  await host.start(main);
  const complaints: unknown[] = [];
  const app = createApp({
    brokerUrl: fake.url,
    port: {
      post: (message) => toMain(message),
      listen: (receive) => {
        received = receive;
      },
    },
    fetch,
    now: Date.now,
    randomId,
    wait: (ms, stop) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, Math.min(ms, 5));
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

type App = Awaited<ReturnType<typeof open>>;

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
const layers = async () =>
  (
    await host.run('console.log(figma.currentPage.children.map((node) => node.fills.map(({ type }) => type).join()));')
  )[0];

describe('signing in', () => {
  test('opens the confirm page, stores the sign-in, and knows who it is', async () => {
    const app = await openSignedIn();
    expect(opened).toEqual([`${fake.url}/activate?user_code=WDJB-MJHT`]);
    expect(app.session.state.value).toMatchObject({ step: 'signed-in', person: { name: 'Ada Lovelace' } });
    expect(stored.get('session')).toMatchObject({ broker: fake.url });
    expect(app.pools.chosen.value?.balance.available).toBe(200_000);
  });

  test('is remembered, and forgotten after signing out', async () => {
    await openSignedIn();
    const again = await open();
    expect(again.session.state.value.step).toBe('signed-in');
    await expect.poll(() => again.loading.value.step).toBe('ready');
    await again.session.signOut();
    expect(fake.refreshTokens.size).toBe(0);
    expect((await open()).session.state.value).toEqual({ step: 'signed-out', notice: null });
  });

  test('says why it did not work', async () => {
    const app = await open();
    fake.knobs.device = 'access_denied';
    await app.session.signIn();
    expect(app.session.state.value).toEqual({ step: 'signed-out', notice: 'The sign-in was denied in the browser.' });
  });

  test('that the broker has ended meanwhile is asked for again', async () => {
    await openSignedIn();
    fake.refreshTokens.clear();
    const app = await open();
    await expect.poll(() => app.session.state.value.step).toBe('signed-out');
    expect(app.session.state.value).toMatchObject({ notice: expect.stringContaining('ended') });
  });

  test('survives a broker that is down, and goes on when it is back', async () => {
    await openSignedIn();
    for (let request = 0; request < 6; request++) fake.knobs.faults.push({ path: /./, fault: 'cut' });
    const app = await open();
    await expect.poll(() => app.loading.value.step).toBe('failed');
    fake.knobs.faults.length = 0;
    await app.load();
    expect(app.loading.value.step).toBe('ready');
  });
});

describe('a generation', () => {
  test('is placed, costs what was shown, and says what is left', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    await expect.poll(layers).toEqual(['SOLID']);
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(job(app)).toMatchObject({ receipt: '0.8 credits · 199.2 left', message: null, thumbnail: 'blob:picture' });
    expect(app.pools.chosen.value?.balance.available).toBe(199_200);
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('whose pictures came too late is placed all the same, and said to be free', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    fake.change(id, { late: true });
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(job(app)?.receipt).toMatch(/^Arrived late, free of charge · /);
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('that is refused costs nothing, says why, and leaves no placeholder', async () => {
    const app = await openSignedIn();
    const id = await generate(app, 2);
    await expect.poll(layers).toEqual(['SOLID', 'SOLID']);
    fake.knobs.available = millicredits(200_000);
    const message = 'The model refused the prompt. Nothing was charged: reword it and try again.';
    fake.change(id, { state: 'refused', failure: { reason: 'moderated_input', message }, charged: millicredits(0) });
    await expect.poll(() => job(app)).toMatchObject({ phase: 'failed', message });
    await expect.poll(layers).toEqual([]);
    expect(app.pools.chosen.value?.balance.available).toBe(200_000);
  });

  test('that is cancelled gives its credits back', async () => {
    const app = await openSignedIn();
    await generate(app);
    await expect.poll(() => job(app)?.phase).toBe('queued');
    await app.generations.cancel(job(app)?.ticket ?? '');
    await expect.poll(() => job(app)?.phase).toBe('cancelled');
    expect(app.pools.chosen.value?.balance.available).toBe(200_000);
    await expect.poll(layers).toEqual([]);
  });

  test('that the broker refuses is no placeholder for long', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    fake.knobs.faults.push({ path: /POST .*generations/, fault: new InkpotError('too_many_holds') });
    await app.checkout.generate();
    await expect.poll(() => job(app)).toMatchObject({ phase: 'failed', message: expect.stringContaining('at once') });
    await expect.poll(layers).toEqual([]);
  });

  test('case 25: that could not be sent waits, and is sent again under its own key', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++) fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut' });
    await app.checkout.generate();
    await expect.poll(() => job(app)?.phase).toBe('unsent');
    await expect.poll(layers).toEqual(['SOLID']);
    void app.generations.proceed(job(app)?.ticket ?? '');
    await expect.poll(() => fake.generations.size).toBe(1);
    const keys = fake.requests.filter(({ line }) => line === 'POST /v1/generations').map(({ key }) => key);
    expect(new Set(keys).size).toBe(1);
  });

  test('whose pictures could not be fetched is not lost: trying again pays nothing', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    fake.knobs.faults.push({ path: /outputs/, fault: 'cut' });
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    await app.generations.proceed(job(app)?.ticket ?? '');
    expect(job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
    expect(app.pools.chosen.value?.balance.available).toBe(199_200);
  });

  test('may deliver fewer pictures than asked for: the other placeholders go', async () => {
    const app = await openSignedIn();
    const id = await generate(app, 2);
    await expect.poll(layers).toEqual(['SOLID', 'SOLID']);
    const kind = { kind: 'image' as const, seconds: null };
    const output = {
      ...kind,
      index: 0,
      width: 64,
      height: 64,
      contentType: 'image/png' as const,
      bytes: 1,
      seed: null,
    };
    fake.change(id, { state: 'succeeded', charged: millicredits(400), outputs: [output] });
    await expect.poll(() => job(app)?.phase).toBe('done');
    await expect.poll(layers).toEqual(['IMAGE']);
  });
});

describe('a reopened plugin', () => {
  test('case 21: places what was finished while it was closed', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    fake.succeed(id);
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('case 21: goes on with what is still being made', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('done');
  });

  test('case 25: asks again for what was clicked and never answered, and pays once', async () => {
    const first = await openSignedIn();
    first.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++)
      fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    await first.checkout.generate();
    await expect.poll(() => job(first)?.phase).toBe('unsent');
    first.generations.stop();
    expect(fake.generations.size).toBe(1);
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    expect(fake.generations.size).toBe(1);
    fake.succeed([...fake.generations.keys()][0] ?? '');
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('leaves the pictures of others alone', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    fake.generations.delete(id);
    const app = await openSignedIn();
    await expect.poll(() => fake.requests.filter(({ line }) => line === `GET /v1/generations/${id}`)).toHaveLength(1);
    expect(app.generations.jobs.value).toEqual([]);
    expect(await layers()).toEqual(['SOLID']);
  });

  test('has the form as it was left', async () => {
    const first = await openSignedIn();
    first.catalogue.modelId.value = 'glyph-pro';
    first.form.edit({ prompt: 'a poster', count: 3 });
    await expect.poll(() => stored.get('preferences')).toContain('a poster');
    const app = await open();
    expect(app.form.draft.value).toMatchObject({ prompt: 'a poster', count: 3 });
    expect(app.catalogue.modelId.value).toBe('glyph-pro');
  });
});

test('a top-up opens the checkout of the chosen pool, and the balance follows', async () => {
  const app = await openSignedIn();
  void app.pools.topUp();
  expect(opened.at(-1)).toBe(`${fake.url}/checkout?pool=pool_1`);
  fake.knobs.available = millicredits(400_000);
  await expect.poll(() => app.pools.chosen.value?.balance.available).toBe(400_000);
});
