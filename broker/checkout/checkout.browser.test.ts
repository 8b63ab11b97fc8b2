import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { expectFlawless } from '../testing/expect-flawless.ts';
import { type Person, startTestCheckout, startTestRedis, type TestCheckout } from './test-checkout.ts';

const redis = await startTestRedis();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
const servers: Server[] = [];
afterAll(async () => {
  await browser.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A checkout that a browser can reach, at the address that Stripe sends people back to. */
async function open(options: Parameters<typeof startTestCheckout>[1]): Promise<{ shop: TestCheckout; origin: string }> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const shop = await startTestCheckout(redis, { publicUrl: origin, ...options });
  server.on('request', shop.app);
  return { shop, origin };
}

/** A page of somebody who is signed in, without JavaScript. */
async function visit(origin: string, person: Person, look: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...look });
  await context.request.post(`${origin}/test/sign-in/${person.account.id}`);
  return context.newPage();
}

test('a test payment is chosen, paid and seen, without JavaScript', async () => {
  const { shop, origin } = await open({ stripe: false });
  const ada = await shop.newPerson();
  const page = await visit(origin, ada);
  await page.goto(`${origin}/checkout?pool=${ada.poolId}`);
  expect(await page.getByRole('radio').count()).toBe(5);
  await page.getByRole('radio', { name: '500 credits, $25' }).check();
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.getByRole('heading', { name: '500 credits added' }).waitFor();
  await page.reload();
  expect(await page.locator('.big').textContent()).toBe('500 credits');
  await page.goBack();
  expect(await shop.available(ada.poolId)).toBe(credits(500));
  await page.context().close();
});

test("the browser lets the form lead to Stripe's page, and the way back shows the credits before any event", async () => {
  const { shop, origin } = await open({ stripe: true });
  const ada = await shop.newPerson();
  const page = await visit(origin, ada);
  await page.goto(`${origin}/checkout`);
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.waitForURL(`${shop.stripe.origin}/**`);
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.getByRole('heading', { name: '200 credits added' }).waitFor();
  expect(await shop.topups(ada.poolId)).toBe(1);
  await page.context().close();
});

test('case 25: an impatient double click on Pay buys once', async () => {
  const { shop, origin } = await open({ stripe: true });
  const ada = await shop.newPerson();
  const page = await visit(origin, ada);
  await page.goto(`${origin}/checkout`);
  await page.getByRole('button', { name: 'Pay' }).dblclick();
  // The second click cuts the first click's way off, which waitForURL takes for the end.
  await expect.poll(() => page.url()).toContain(`${shop.stripe.origin}/`);
  expect(shop.stripe.sessions.size).toBe(1);
  await page.context().close();
});

test('auto top-up is agreed to, seen, changed and turned off with one click, without JavaScript', async () => {
  const { shop, origin } = await open({ stripe: true });
  const ada = await shop.newPerson();
  const page = await visit(origin, ada);
  await page.goto(`${origin}/checkout`);
  await page.getByRole('link', { name: 'auto top-up' }).click();
  await page.getByLabel('When fewer credits are left than').fill('80');
  await page.getByRole('radio', { name: '500 credits, $25' }).check();
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Agree and save a card' }).click();
  await page.waitForURL(`${shop.stripe.origin}/**`);
  await page.getByRole('button', { name: 'Save card' }).click();
  await page.getByText('Auto top-up is on.').waitFor();
  await shop.checkout.autoTopup?.runOnce();
  expect(await shop.available(ada.poolId)).toBe(credits(500));
  await page.reload();
  await page.getByText('$25 of $100').waitFor();
  await page.getByText('Change the amounts').click();
  await page.getByLabel('At most in a month').fill('50');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('$25 of $50').waitFor();
  await page.getByRole('button', { name: 'Turn off and forget the card' }).click();
  await page.getByRole('button', { name: 'Agree and save a card' }).waitFor();
  expect(await page.getByText('Auto top-up is on.').count()).toBe(0);
  await page.context().close();
});

test.each([
  ['light', 1200],
  ['dark', 320],
] as const)('in %s, every page is accessible and fits %d px', async (colorScheme, width) => {
  const { shop, origin } = await open({ stripe: true });
  const none = await open({ stripe: false, environment: 'production' });
  const ada = await shop.newPerson();
  const page = await visit(origin, ada, { colorScheme, viewport: { width, height: 800 }, javaScriptEnabled: true });

  async function look(url: string, heading: string): Promise<void> {
    await page.goto(url);
    await page.getByRole('heading', { name: heading }).waitFor();
    await shown(heading);
  }

  const shown = (what: string) => expectFlawless(page, what, colorScheme === 'light' ? 'all' : 'look');

  await look(`${origin}/checkout`, 'Top up');
  const session = await shop.buy(ada);
  const { pathname, search } = new URL(shop.stripe.sessions.get(session)?.success_url ?? '');
  await look(origin + pathname + search, 'Not paid yet');
  shop.stripe.payLater(session);
  await look(origin + pathname + search, 'Waiting for your bank');
  shop.stripe.settleLater(session, 'succeeded');
  await look(origin + pathname + search, '200 credits added');

  const auto = `${origin}/checkout/auto?pool=${ada.poolId}`;
  await look(auto, 'Auto top-up');
  await page.getByLabel('At most in a month').fill('1');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Agree and save a card' }).click();
  await page.getByText('Type an amount from $10').waitFor();
  await shown('a limit that is too low');
  await page.getByLabel('At most in a month').fill('20');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Agree and save a card' }).click();
  await page.getByRole('button', { name: 'Save card' }).click();
  await page.getByText('Auto top-up is on.').waitFor();
  await page.getByText('Change the amounts').click();
  await shown('auto top-up is on');

  await page.context().request.post(`${none.origin}/test/sign-in/${ada.account.id}`);
  await look(`${none.origin}/checkout`, 'Top up');
  expect(await page.getByText('Top-up is not configured on this broker').count()).toBe(1);
  await page.context().close();
});
