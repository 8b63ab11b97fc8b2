import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validateManifest } from '../manifest/validate-manifest.ts';
import { BUDGETS, buildPlugin, type PluginSizes, requireWithin } from './build-plugin.ts';
import { inlineHtml } from './inline-html.ts';
import { allowsBroker, networkAccessFor } from './network-access.ts';

let folder: string;
let sizes: PluginSizes;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-build-'));
  sizes = await buildPlugin({ brokerUrl: 'https://broker.studio.example/', outDir: folder, minify: true });
});

afterAll(() => rm(folder, { recursive: true }));

const read = (path: string) => readFile(join(folder, path), 'utf8');

test('both files are within their budgets', () => {
  expect(sizes.main).toBeLessThanOrEqual(BUDGETS.main);
  expect(sizes.ui).toBeLessThanOrEqual(BUDGETS.ui);
});

test('neither file has the catalogue in it: it comes from the broker', async () => {
  for (const file of ['dist/plugin/main.js', 'dist/plugin/ui.html']) {
    expect(await read(file)).not.toMatch(/fal-ai\/|seedream|modelPath|referencePath/);
  }
});

test('a file over its budget stops the build, and is named with its excess', () => {
  expect(() => requireWithin({ main: 10_001, ui: 1 })).toThrow(
    'Over budget: main has 10001 of 10000 bytes gzipped (1 too many)',
  );
  expect(() => requireWithin({ main: 1, ui: 60_000 })).toThrow(/ui has 60000 of 55000/);
});

test('the manifest is one that Figma loads, and names only the broker', async () => {
  const manifest = JSON.parse(await read('manifest.json'));
  expect(validateManifest(manifest)).toEqual([]);
  expect(manifest.networkAccess.allowedDomains).toEqual(['https://broker.studio.example']);
  expect(manifest.networkAccess).not.toHaveProperty('devAllowedDomains');
});

test('the committed manifest is one that Figma loads', async () => {
  const manifest = JSON.parse(await readFile(new URL('../../manifest.json', import.meta.url), 'utf8'));
  expect(validateManifest(manifest)).toEqual([]);
  expect(allowsBroker(manifest.networkAccess, 'http://localhost:8787')).toBe(true);
});

test('a broker on this machine is for development imports only', () => {
  const committed = { allowedDomains: ['https://inkpot.example'], reasoning: 'why' };
  expect(networkAccessFor('http://localhost:9000/', committed)).toEqual({
    ...committed,
    devAllowedDomains: ['http://localhost:9000'],
  });
});

test('a manifest that Figma would refuse stops the build', async () => {
  const manifestPath = join(folder, 'bad-manifest.json');
  const manifest = JSON.parse(await readFile(new URL('../../manifest.json', import.meta.url), 'utf8'));
  await writeFile(manifestPath, JSON.stringify({ ...manifest, api: '2.0.0' }));
  const build = buildPlugin({
    brokerUrl: 'http://localhost:8787',
    outDir: join(folder, 'bad'),
    manifestPath,
    minify: false,
  });
  await expect(build).rejects.toThrow(/Manifest error/);
});

test('the repository is not built for a broker that its manifest does not name', async () => {
  const outDir = new URL('../..', import.meta.url).pathname;
  await expect(buildPlugin({ brokerUrl: 'https://other.example', outDir, minify: false })).rejects.toThrow(
    'manifest.json does not name https://other.example',
  );
});

test('the panel needs nothing but the broker: no address in it would be fetched', async () => {
  const html = await read('dist/plugin/ui.html');
  expect(html).toContain('https://broker.studio.example');
  expect(html).not.toMatch(/<(link|img|script)[^>]+(src|href)=/);
  expect(html).not.toMatch(/@import|url\((?!data:)/);
  const addresses = new Set(html.match(/https?:\/\/[\w.-]+/g));
  addresses.delete('https://broker.studio.example');
  // Names, not addresses: the namespaces of XML, and what zod and our own problem documents are called.
  for (const name of [
    'http://www.w3.org',
    'https://inkpot.example',
    'https://json-schema.org',
    'http://json-schema.org',
  ]) {
    addresses.delete(name);
  }
  expect([...addresses]).toEqual([]);
});

test('main is a script of plain ASCII, without anything that Figma refuses by its text', async () => {
  const main = await read('dist/plugin/main.js');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII is
  expect(main).toMatch(/^[\x00-\x7f]*$/);
  expect(main).not.toMatch(/\bimport\s*\(|<!--|-->|\bexport\b/);
});

test('a script that speaks of script elements stays inside its own', () => {
  const html = inlineHtml('const a = "</script><!-- b";', 'p::after { content: "</style>" }');
  expect(html.match(/<\/script/g)).toHaveLength(1);
  expect(html.match(/<\/style/g)).toHaveLength(1);
  expect(html).not.toContain('<!--');
});
