import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { balance, creditsIn, signIn, topUp } from './designer.ts';
import { type InkpotProcess, startInkpot } from './inkpot-process.ts';

let dataDir: string;
let inkpot: InkpotProcess;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'inkpot-main-job-'));
  inkpot = await startInkpot({ INKPOT_DATA_DIR: dataDir }, ['--port', '0']);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
});

afterAll(async () => {
  await browser?.close();
  await inkpot?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

test('a designer signs in, tops up, reads the price, generates into a frame, and finds it again after a reload', async () => {
  const page = await openPlayground();
  await drawFrame(page);
  await page.getByRole('button', { name: 'Run plugin' }).click();
  const plugin = page.frameLocator('iframe[title="Inkpot"]');

  await signIn({ context, origin: inkpot.origin }, plugin, 'ada@example.com');
  expect(await balance(plugin)).toBe(0);
  await topUp({ context, origin: inkpot.origin }, page, plugin);

  await plugin.getByRole('combobox', { name: 'Model' }).click();
  await plugin.getByRole('option').first().click();
  await plugin.getByRole('textbox', { name: 'Prompt' }).fill('a lighthouse at dawn, teal and coral');
  const generate = plugin.getByRole('button', { name: /^Generate/ });
  await expect.poll(() => generate.isEnabled(), { timeout: 15_000 }).toBe(true);
  const price = creditsIn((await generate.textContent()) ?? '');
  expect(price).toBeGreaterThan(0);
  await generate.click();

  const picture = page.locator('[data-node-type="FRAME"] img, img[data-node-type="FRAME"]').first();
  await picture.waitFor({ timeout: 60_000 });
  await expect
    .poll(() => picture.evaluate((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth))
    .toBeGreaterThan(0);
  await expect.poll(() => balance(plugin), { timeout: 15_000 }).toBeCloseTo(200 - price, 3);

  await page.locator('[data-saved="true"]').waitFor();
  await page.reload();
  await page.locator('[data-node-type="FRAME"] img').first().waitFor();
  await page.getByRole('button', { name: 'Run plugin' }).click();
  await expect.poll(() => balance(plugin), { timeout: 15_000 }).toBeCloseTo(200 - price, 3);
  await page.close();
});

test('a picture that is finished while the plugin is closed lands in its frame when the plugin is opened again', async () => {
  const page = await openPlayground();
  const plugin = page.frameLocator('iframe[title="Inkpot"]');
  await page.getByRole('button', { name: 'Reset document' }).click();
  await page.getByRole('button', { name: 'Run plugin' }).click();
  await plugin.getByRole('textbox', { name: 'Prompt' }).fill('slow waves at night');
  await plugin.getByRole('spinbutton', { name: 'Width' }).fill('4096');
  await plugin.getByRole('spinbutton', { name: 'Height' }).fill('4096');
  const generate = plugin.getByRole('button', { name: /^Generate/ });
  await expect.poll(() => generate.isEnabled(), { timeout: 15_000 }).toBe(true);
  await generate.click();
  await page.locator('[data-node-type="FRAME"]').first().waitFor();
  await plugin.getByRole('button', { name: 'Cancel' }).waitFor();
  await page.getByRole('button', { name: 'Close plugin' }).click();
  expect(await page.locator('[data-node-type="FRAME"] img').count()).toBe(0);

  await page.getByRole('button', { name: 'Run plugin' }).click();
  await page.locator('[data-node-type="FRAME"] img').first().waitFor({ timeout: 60_000 });
  expect(await page.locator('[data-node-type="FRAME"]').count()).toBe(1);
  await page.locator('[data-saved="true"]').waitFor();
  await page.close();
});

test('a broker killed with -9 and started again has every account, balance and picture', async () => {
  await inkpot.end('SIGKILL');
  const port = new URL(inkpot.origin).port;
  inkpot = await startInkpot({ INKPOT_DATA_DIR: dataDir }, ['--port', port]);
  const page = await openPlayground();
  await page.locator('[data-node-type="FRAME"] img').first().waitFor();
  await page.getByRole('button', { name: 'Run plugin' }).click();
  const plugin = page.frameLocator('iframe[title="Inkpot"]');
  await expect.poll(() => balance(plugin), { timeout: 15_000 }).toBeGreaterThan(190);
});

async function openPlayground(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(inkpot.playground);
  return page;
}

async function drawFrame(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Frame tool' }).click();
  const canvas = page.getByRole('application', { name: 'Canvas' });
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the canvas is not visible');
  await page.mouse.move(box.x + 80, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + 320, { steps: 5 });
  await page.mouse.up();
  await page.locator('[data-node-type="FRAME"]').waitFor();
}
