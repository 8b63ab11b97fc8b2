import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

const LANGUAGE = new Set([
  ...Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]|^(?:is|parse|decode|encode)/.test(name)),
  ...['globalThis', 'undefined', 'eval', 'escape', 'unescape', 'InternalError', 'Iterator', 'Float16Array'],
]);

test('main sees the language, the documented globals and nothing else', async () => {
  const host = createTestHost();
  const [names] = await host.run('console.log(Object.getOwnPropertyNames(globalThis))');
  const promised = (names as string[]).filter((name) => !LANGUAGE.has(name));
  expect(promised.sort()).toEqual([
    '__html__',
    '__uiFiles__',
    'clearInterval',
    'clearTimeout',
    'console',
    'fetch',
    'figma',
    'setInterval',
    'setTimeout',
    'structuredClone',
  ]);
  expect(names).not.toContain('URL');
  expect(names).not.toContain('TextEncoder');
  expect(names).not.toContain('AbortController');
});

test('console has the six documented methods', async () => {
  const host = createTestHost();
  const [names] = await host.run('console.log(Object.keys(console).sort())');
  expect(names).toEqual(['assert', 'clear', 'error', 'info', 'log', 'warn']);
});

test('structuredClone copies what the standard copies and refuses functions', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    const loop = { when: new Date(5), bytes: new Uint8Array([1, 2]), map: new Map([['a', new Set([1])]]) };
    loop.self = loop;
    const copy = structuredClone(loop);
    console.log(copy !== loop && copy.self === copy && copy.when.getTime() === 5);
    console.log(copy.bytes[1] === 2 && copy.bytes !== loop.bytes && copy.map.get('a').has(1));
    try { structuredClone(() => 1) } catch (error) { console.log(error.name) }
  `);
  expect(printed).toEqual([true, true, 'DataCloneError']);
});

test('main is a script: import, export and top-level await are syntax errors', async () => {
  for (const source of ['export const a = 1', 'await 1', 'import "./other.js"']) {
    const host = createTestHost();
    await host.start(source);
    expect(host.faults[0]?.name).toBe('SyntaxError');
  }
});

test('a bundle with the text of a dynamic import or an HTML comment is refused before it runs', async () => {
  const host = createTestHost();
  await expect(host.start('figma.notify("ran");\nimport("x")')).rejects.toThrow(
    'possible import expression rejected around line 2',
  );
  await expect(host.start('// see src/import.ts\nconst a = import /* lazily */ ("x")')).rejects.toThrow(
    'around line 2',
  );
  await expect(host.start('const html = "<!-- hidden -->"')).rejects.toThrow('possible html comment rejected');
  expect(host.toasts).toEqual([]);
});

test('a turn that never ends is interrupted, and the plugin is told of', async () => {
  let time = 0;
  const host = createTestHost({
    now: () => {
      time += 100;
      return time;
    },
  });
  await host.start('for (;;) {}');
  expect(host.faults[0]?.message).toBe('interrupted');
});

test('ES2020 and what Figma lists beyond it runs natively', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    class A { #x = 1; static y; static { this.y = 2 } get x() { return this.#x } }
    const { promise, resolve } = Promise.withResolvers();
    resolve(/[\\p{L}--[a-z]]/v.test('A'));
    let n = null; n ??= 3n;
    console.log(new A().x + A.y, await promise, typeof n, typeof WeakRef, typeof FinalizationRegistry);
    console.log(({ ...{ a: 1 } }).a);
  `);
  expect(printed).toEqual([3, 1]);
  expect(host.faults).toEqual([]);
});

test('timers run in order of time, repeat, and can be stopped', async () => {
  const host = createTestHost();
  await host.start(`
    const stopped = setTimeout(() => console.log('never'), 10);
    clearTimeout(stopped);
    setTimeout(() => console.log('once'), 10);
    let n = 0;
    const every = setInterval(() => { n += 1; console.log(n); if (n === 2) clearInterval(every) }, 20);
  `);
  for (const _ of [1, 2, 3, 4]) await host.advance(20);
  expect(host.printed).toEqual(['once', 1, 2]);
});

test('an error nobody caught is reported with the place it came from', async () => {
  const host = createTestHost();
  await host.start('figma.on("run", async () => { await null; throw new TypeError("lost") })');
  expect(host.faults).toMatchObject([{ message: 'lost' }]);
  expect(host.faults[0]?.stack).toContain('plugin.js');
});

test('bytes cross as bytes, both ways', async () => {
  const host = createTestHost();
  const [bytes, sum] = await host.run(`
    const big = new Uint8Array(3_000_000).fill(7);
    console.log(big);
    await figma.clientStorage.setAsync('big', big.subarray(0, 1000));
    console.log((await figma.clientStorage.getAsync('big')).reduce((a, b) => a + b, 0));
  `);
  expect(bytes).toBeInstanceOf(Uint8Array);
  expect((bytes as Uint8Array).length).toBe(3_000_000);
  expect(sum).toBe(7000);
});

test("main's fetch takes a string and plain options, and answers without streams", async () => {
  const host = createTestHost({
    fetch: async ({ url, method, headers, body }) => ({
      url,
      status: 201,
      statusText: 'Created',
      ok: true,
      redirected: false,
      type: 'cors',
      headers: { 'content-type': 'application/json' },
      body: new TextEncoder().encode(JSON.stringify({ method, headers, body })),
    }),
  });
  const printed = await host.run(`
    const response = await fetch('https://a.example/x', { method: 'POST', headers: { a: 'b' }, body: 'c' });
    console.log(response.status);
    console.log(response.headersObject);
    console.log(await response.json());
    console.log(['headers', 'body', 'blob'].filter((name) => name in response));
    await fetch('https://a.example/x', { signal: {} });
  `);
  expect(printed).toEqual([
    201,
    { 'content-type': 'application/json' },
    { method: 'POST', headers: { a: 'b' }, body: 'c' },
    [],
    'fetch does not take a signal',
  ]);
});

test("main's fetch refuses a host that the manifest does not list", async () => {
  const host = createTestHost();
  const manifest = {
    name: 'Probe',
    id: '1',
    api: '1.0.0',
    main: 'main.js',
    editorType: ['figma'],
    documentAccess: 'dynamic-page',
    networkAccess: { allowedDomains: ['https://ours.example'], devAllowedDomains: ['http://localhost:8787'] },
  } as const;
  const source = 'await fetch("http://localhost:8787/v1").catch((error) => console.log(error.message))';
  expect(await host.run(source, { manifest, mode: 'development' })).toEqual(['Failed to fetch']);
  expect(await host.run(source, { manifest, mode: 'published' })).toEqual([
    expect.stringContaining("Refused to connect to 'http://localhost:8787/v1'"),
  ]);
});
