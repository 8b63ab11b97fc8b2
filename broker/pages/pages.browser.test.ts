import { createServer } from 'node:http';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeIn, openPlugin, type Site, startSite, startTestRedis } from '../auth/test-site.ts';
import { expectFlawless } from '../testing/expect-flawless.ts';

const redis = await startTestRedis();

/** Both schemes and both widths, in two passes. */
const LOOKS = [
  { name: 'light and wide', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark and narrow', colorScheme: 'dark', viewport: { width: 360, height: 640 } },
] as const;

let site: Site;
let publicUrl: string;
let chrome: Browser;

beforeAll(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  publicUrl = `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
  site = await startSite(redis, { publicUrl });
  server.on('request', site.app);
  chrome = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--disable-gpu'] });
  afterAll(async () => {
    await chrome.close();
    server.closeAllConnections();
    server.close();
  });
});

/** One person's browser. */
async function openContext(options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await chrome.newContext({ baseURL: publicUrl, ...options });
  await context.route('**/*', (route) =>
    new URL(route.request().url()).origin === publicUrl ? route.continue() : route.abort(),
  );
  return context;
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.keyboard.press('Enter');
  const code = page.getByRole('textbox', { name: 'Code' });
  await code.waitFor();
  const [mail] = await site.mailbox.list();
  await code.fill(codeIn(mail?.subject));
  await page.getByRole('button', { name: 'Sign in' }).click();
}

it('a person without JavaScript signs in and lets Figma in, by the names that the pages have', async () => {
  const page = await (await openContext({ javaScriptEnabled: false })).newPage();
  const plugin = openPlugin(site);
  const { body: started } = await plugin.start();
  await page.goto(started.verification_uri_complete);
  await signIn(page, 'ada@example.com');
  await page.getByText(started.user_code, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  expect((await plugin.poll(started.device_code)).status).toBe(200);

  await page.goto('/');
  await page.getByRole('heading', { name: 'Your credits' }).waitFor();
  expect(await page.getByRole('link', { name: 'Top up' }).getAttribute('href')).toMatch(/^\/checkout\?pool=\w{26}$/);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('textbox', { name: 'E-mail' }).waitFor();
});

it('the code can be read on /dev/mail, newest first', async () => {
  const page = await (await openContext({ javaScriptEnabled: false })).newPage();
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('grace@example.com');
  await page.keyboard.press('Enter');
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: '/dev/mail' }).click();
  const mails = await opened;
  const newest = mails.getByRole('article').first();
  const subject = await newest.getByRole('heading').textContent();
  expect(subject).toMatch(/^\d{6} is your Inkpot code$/);
  await mails.getByRole('button', { name: 'Refresh' }).click();
  await page.getByRole('textbox', { name: 'Code' }).fill(codeIn(subject ?? ''));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your credits' }).waitFor();
});

describe.each(LOOKS)('every page, $name', ({ name, ...look }) => {
  it('is flawless to axe, and fits', async () => {
    const context = await openContext(look);
    const page = await context.newPage();
    const plugin = openPlugin(site);
    const slug = name.replaceAll(' ', '-');
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4/.test(message.text())) problems.push(message.text());
    });
    const shown = (what: string) => expectFlawless(page, what, look.colorScheme === 'light' ? 'all' : 'look');

    await page.goto('/sign-in');
    await shown('sign-in');
    await page.getByRole('textbox', { name: 'E-mail' }).fill('not an address');
    await page.keyboard.press('Enter');
    await page.getByText('Type your e-mail address').waitFor();
    await shown('sign-in-fault');
    const email = `a.rather.long.address.of.somebody-${slug}@studio.example.com`;
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Code' }).waitFor();
    await shown('code');
    await page.getByRole('textbox', { name: 'Code' }).fill('1');
    await page.keyboard.press('Enter');
    await page.getByText('You can try 4 times more').waitFor();
    await shown('code-fault');
    await page.goto('/dev/mail');
    await shown('mail');
    await page.goto('/sign-in');
    await signIn(page, email);
    await page.getByRole('heading', { name: 'Your credits' }).waitFor();
    await shown('home');

    await page.goto('/activate');
    await shown('activate');
    await page.goto('/activate?user_code=BBBB-BBBB');
    await shown('activate-fault');
    const { body: allowed } = await plugin.start();
    await page.goto(`/activate?user_code=${allowed.user_code}`);
    await shown('confirm');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    await shown('allowed');
    const { body: denied } = await plugin.start();
    await page.goto(`/activate?user_code=${denied.user_code}`);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    await shown('denied');
    await page.goto('/nowhere');
    await shown('not-found');

    await context.clearCookies();
    expect(problems).toEqual([]);
    await context.close();
  });
});
