import type { BrowserContext, FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where a designer is in a test: the browser, and the address of the broker's pages. */
export interface Place {
  readonly context: BrowserContext;
  readonly origin: string;
}

/** By the device flow: the browser opens the confirm page, signs in there with the mailed code, and allows. */
export async function signIn({ context, origin }: Place, plugin: FrameLocator, email: string): Promise<void> {
  const opened = context.waitForEvent('page');
  await plugin.getByRole('button', { name: 'Sign in' }).click();
  const web = await opened;
  await web.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await web.keyboard.press('Enter');
  const code = web.getByRole('textbox', { name: 'Code' });
  await code.waitFor();
  await code.fill(await mailedCode({ context, origin }));
  await web.keyboard.press('Enter');
  await web.getByRole('button', { name: 'Allow' }).click();
  await plugin.getByRole('status', { name: 'Balance' }).waitFor({ timeout: 30_000 });
  await web.close();
}

async function mailedCode({ context, origin }: Place): Promise<string> {
  const mail = await context.newPage();
  await mail.goto(`${origin}/dev/mail`);
  const text = (await mail.getByRole('article').first().textContent()) ?? '';
  await mail.close();
  const code = /\b\d{6}\b/.exec(text)?.[0];
  if (!code) throw new Error(`no code in the mail: ${text}`);
  return code;
}

/** Buys the smallest pack, $10 for 200 credits, on the checkout page with a test payment. */
export async function topUp({ context }: Place, page: Page, plugin: FrameLocator): Promise<void> {
  const opened = context.waitForEvent('page');
  await plugin.getByRole('button', { name: 'Top up' }).first().click();
  const web = await opened;
  await web.getByRole('radio').first().check();
  await web.getByRole('button', { name: 'Pay' }).click();
  await web.getByRole('heading', { name: '200 credits added' }).waitFor();
  await web.close();
  await page.bringToFront();
  await expect.poll(() => balance(plugin), { timeout: 30_000 }).toBe(200);
}

/** In credits, as the panel shows it. */
export async function balance(plugin: FrameLocator): Promise<number> {
  return creditsIn((await plugin.getByRole('status', { name: 'Balance' }).textContent()) ?? '');
}

/** The credits that a text names. */
export function creditsIn(text: string): number {
  const number = /([\d,]+(?:\.\d+)?) credits?/.exec(text)?.[1];
  return Number(number?.replaceAll(',', ''));
}
