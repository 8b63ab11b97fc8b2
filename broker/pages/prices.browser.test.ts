import { createServer } from 'node:http';
import express from 'express';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { loadCatalogue } from '../models/load-catalogue.ts';
import { createRoster } from '../models/roster.ts';
import { createPriceList } from '../prices/price-list.ts';
import { createProviders } from '../providers/registry.ts';
import { expectFlawless } from '../testing/expect-flawless.ts';
import { pricesPageRouter } from './prices-router.tsx';

let chrome: Browser;
let baseURL: string;

beforeAll(async () => {
  const clock = () => Date.parse('2026-11-24T12:00:00Z');
  const catalogue = await loadCatalogue(null, DEFAULT_TARIFF);
  const providers = createProviders({ sketch: true, hosted: { fal: { key: 'k' } } });
  const roster = createRoster({
    catalogue: catalogue.models,
    providers,
    health: { isUp: () => true, down: () => [] },
    clock,
  });
  const server = createServer(
    express()
      .set('query parser', 'simple')
      .use(pricesPageRouter(createPriceList(catalogue, roster, clock))),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseURL = `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
  chrome = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
  afterAll(async () => {
    await chrome.close();
    server.closeAllConnections();
    server.close();
  });
});

it('a visitor without JavaScript finds a model, what it costs, and what a small shop pays', async () => {
  const context = await chrome.newContext({ baseURL, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/prices');
  expect(await page.getByRole('heading', { level: 3 }).count()).toBeGreaterThanOrEqual(84);
  const posters = page.getByRole('table', { name: 'Nano Banana Pro (Gemini 3 Pro Image)' }).getByRole('row');
  expect(await posters.last().textContent()).toBe('Picture, 4K$0.307.5 credits');
  await page.getByText('Together: you pay $4.275').waitFor();
  await page.getByRole('link', { name: 'Video' }).click();
  expect(page.url()).toMatch(/#video$/);

  await page.getByRole('searchbox', { name: 'Model or maker' }).fill('google VEO');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('heading', { name: 'Veo 3.1 Lite' }).waitFor();
  expect(await page.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual([
    'Veo 3.1',
    'Veo 3.1 Fast',
    'Veo 3.1 Lite',
  ]);
  await page.getByRole('checkbox', { name: /^Only what this broker offers now \([1-9]\d*\)$/ }).check();
  await page.getByRole('searchbox', { name: 'Model or maker' }).fill('runway');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByText('No model matches.').waitFor();
  await page.getByRole('link', { name: /^Show all/ }).click();
  expect(await page.getByRole('heading', { level: 3 }).count()).toBeGreaterThanOrEqual(84);
  await context.close();
});

describe.each([
  { name: 'light and wide', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark and narrow', colorScheme: 'dark', viewport: { width: 360, height: 640 } },
] as const)('the price list, $name', ({ name, ...look }) => {
  it('is flawless to axe, and fits', async () => {
    const context = await chrome.newContext({ baseURL, ...look });
    const page = await context.newPage();
    for (const path of ['/prices', '/prices?q=kling#kling-o3', '/prices?q=nothing']) {
      await page.goto(path);
      await expectFlawless(page, `${name}: ${path}`, look.colorScheme === 'light' ? 'all' : 'look');
    }
    await context.close();
  });
});
