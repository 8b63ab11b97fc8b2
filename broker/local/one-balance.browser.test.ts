import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeBfl, startFakeBfl } from '../providers/bfl/fake-server.ts';
import { type FakeGoogle, startFakeGoogle } from '../providers/google/fake-server.ts';
import { type FakeRecraft, startFakeRecraft } from '../providers/recraft/fake-server.ts';
import { balance, creditsIn, signIn, topUp } from './designer.ts';
import { type InkpotProcess, startInkpot } from './inkpot-process.ts';

// The whole product with three providers, each of which speaks its true wire.

let dataDir: string;
let bfl: FakeBfl;
let google: FakeGoogle;
let recraft: FakeRecraft;
let inkpot: InkpotProcess;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'inkpot-one-balance-'));
  [bfl, google, recraft] = await Promise.all([startFakeBfl(), startFakeGoogle(), startFakeRecraft()]);
  const keys = {
    BFL_API_KEY: 'test-key',
    BFL_BASE_URL: bfl.url,
    GEMINI_API_KEY: 'test-key',
    GEMINI_BASE_URL: google.url,
    RECRAFT_API_TOKEN: 'test-key',
    RECRAFT_BASE_URL: recraft.url,
  };
  inkpot = await startInkpot({ INKPOT_DATA_DIR: dataDir, ...keys }, ['--port', '0']);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
});

afterAll(async () => {
  await browser?.close();
  await inkpot?.end('SIGTERM');
  await Promise.all([bfl, google, recraft].map((fake) => fake?.close()));
  await rm(dataDir, { recursive: true, force: true });
});

test('$10 buy a picture, its enlargement and a video from three makers', async () => {
  const page = await context.newPage();
  await page.goto(inkpot.playground);
  await page.getByRole('button', { name: 'Run plugin' }).click();
  const plugin = page.frameLocator('iframe[title="Inkpot"]');
  const place = { context, origin: inkpot.origin };
  await signIn(place, plugin, 'ada@example.com');
  await topUp(place, page, plugin);

  await pick(plugin, 'FLUX.2 [pro]');
  await plugin.getByRole('textbox', { name: 'Prompt', exact: true }).fill('a lighthouse in fog');
  const picture = await generate(plugin);
  await page.locator('[data-node-type="FRAME"] img').waitFor();

  // The picture is selected now that it has landed.
  await pick(plugin, 'Recraft Crisp Upscale');
  await plugin.getByRole('button', { name: 'Add selection' }).click();
  await plugin.getByRole('img', { name: 'a lighthouse in fog' }).waitFor();
  const enlargement = await generate(plugin);
  await expect.poll(() => page.locator('[data-node-type="FRAME"] img').count(), { timeout: 60_000 }).toBe(2);

  await pick(plugin, 'Veo 3.1 Lite');
  await plugin.getByRole('button', { name: 'Remove a lighthouse in fog' }).click();
  const video = await generate(plugin);
  await page.locator('[data-node-type="FRAME"] video').waitFor({ timeout: 90_000 });
  const asked = context.waitForEvent('request', { predicate: (request) => request.url().includes('/links/') });
  await plugin.getByRole('button', { name: 'Download MP4' }).click();
  const file = await fetch((await asked).url());
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'video/mp4']);

  const spent = picture + enlargement + video;
  await expect.poll(() => balance(plugin), { timeout: 15_000 }).toBeCloseTo(200 - spent, 3);
  expect([bfl.jobs.all.length, recraft.taken.length, google.taken.length]).toEqual([1, 1, 1]);
});

async function pick(plugin: FrameLocator, model: string): Promise<void> {
  const box = plugin.getByRole('combobox', { name: 'Model' });
  await box.click();
  await box.fill(model);
  await box.press('Enter');
}

/** @returns the credits that were on the button, once they are paid. */
async function generate(plugin: FrameLocator): Promise<number> {
  const button = plugin.getByRole('button', { name: /^Generate/ });
  await expect.poll(() => button.isEnabled(), { timeout: 15_000 }).toBe(true);
  const price = creditsIn((await button.textContent()) ?? '');
  const before = await balance(plugin);
  await button.click();
  await expect.poll(() => balance(plugin), { timeout: 90_000 }).toBeCloseTo(before - price, 3);
  await expect.poll(() => plugin.getByRole('progressbar').count(), { timeout: 90_000 }).toBe(0);
  return price;
}
