import type { BrowserContext, Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { startPlayground } from '../fake-broker/open-playground.ts';

const playground = startPlayground();
const { canvas, ui, open, runPlugin, inUi, ask, hostUrl, serviceUrl } = playground;

let page: Page;
let context: BrowserContext;
let errors: string[];

beforeEach(() => {
  page = playground.page();
  context = playground.context();
  errors = playground.errors();
});

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
    expect(await get(`${serviceUrl()}/open`)).toBe('asked from null');
    expect(await get(`${serviceUrl()}/closed`)).toBe('TypeError');
    expect(await get(`${hostUrl()}/playground/host.js`)).toBe('TypeError');
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
    expect(await load(`'${hostUrl()}/playground/picture.png'`)).toBe('refused');
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
    expect((await ask('fetch', `'${serviceUrl()}/open'`)).result).toBe('asked from null');
    expect((await ask('fetch', `'${serviceUrl()}/closed'`)).error).toBe('Failed to fetch');
    expect((await ask('fetch', `'${hostUrl()}/playground/host.js'`)).error).toContain('networkAccess');
  });
});

test('a published plugin does not reach development domains', async () => {
  await open('?mode=published');
  await runPlugin();
  expect(await inUi(`fetch('${serviceUrl()}/open').catch((error) => error.name)`)).toBe('TypeError');
});

test('in FigJam the theme is light, whatever the switch says', async () => {
  await open('?theme=dark&editor=figjam');
  await runPlugin();
  expect(await inUi('document.documentElement.className')).toBe('figma-light');
});

describe('running a plugin', () => {
  beforeEach(() => open());

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
    await inUi(`parent.postMessage({ pluginMessage: { action: 'open', value: '${serviceUrl()}/open' } }, '*')`);
    expect((await opening).url()).toBe(`${serviceUrl()}/open`);
    expect(await page.locator('[data-opened-url]').getAttribute('data-opened-url')).toBe(`${serviceUrl()}/open`);
  });
});
