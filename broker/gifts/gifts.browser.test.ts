import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { expectFlawless } from '../testing/expect-flawless.ts';
import { newCode } from './code-text.ts';
import { startTestGifts } from './test-gifts.ts';

const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
const house = await startTestGifts(origin);
server.on('request', house.app);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** A page of somebody new who is signed in. */
async function visit(look: BrowserContextOptions): Promise<Page> {
  const { account } = await house.newPerson();
  const context = await browser.newContext(look);
  await context.request.post(`${origin}/test/sign-in/${account.id}`);
  return context.newPage();
}

async function type(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.getByRole('button', { name: 'Redeem' }).click();
}

test('a code is redeemed without JavaScript; an impatient double click and a reload add nothing', async () => {
  const page = await visit({ javaScriptEnabled: false });
  const { code, id } = await house.newCode({ limit: 3 });
  await page.goto(`${origin}/gift`);
  await page.getByRole('textbox', { name: 'Code' }).fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Redeem' }).dblclick();
  await page.getByRole('heading', { name: '50 credits added' }).waitFor();
  await page.reload();
  expect(await page.locator('.big').textContent()).toBe('50 credits');
  expect((await house.codes.list()).find((listed) => listed.id === id)?.redeemed).toBe(1);
  await page.context().close();
});

test.each([
  ['light', 1200],
  ['dark', 320],
] as const)('in %s, every page is accessible and fits %d px', async (colorScheme, width) => {
  const page = await visit({ colorScheme, viewport: { width, height: 800 } });

  async function look(what: string): Promise<void> {
    await expectFlawless(page, what, colorScheme === 'light' ? 'all' : 'look');
    const box = page.getByRole('textbox', { name: 'Code' });
    if (await box.count()) {
      await box.fill('7KQ2M-9XW4T-0HZ8C-5RVN3');
      const cut = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('input.gift'))";
      expect(await page.evaluate(cut), 'px of a code that are not seen').toBeLessThanOrEqual(0);
    }
  }

  await page.goto(`${origin}/gift`);
  await look('nothing typed yet');
  await type(page, newCode());
  await page.getByRole('alert').waitFor();
  await look('an unknown code');
  await type(page, (await house.newCode()).code);
  await page.getByRole('heading', { name: '50 credits added' }).waitFor();
  await look('redeemed');
  await page.context().close();
});
