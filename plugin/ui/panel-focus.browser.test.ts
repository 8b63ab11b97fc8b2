import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { drivePanel, type PanelHands } from '../fake-broker/drive-panel.ts';
import { type OpenedPanel, type PanelSite, startPanelSite } from '../fake-broker/open-panel.ts';

// Where the keyboard is in the built panel, in Chromium.

let site: PanelSite;
let opened: OpenedPanel;
let hands: PanelHands;

beforeAll(async () => {
  site = await startPanelSite();
});

afterAll(() => site.close());

beforeEach(async () => {
  opened = await site.open({ theme: 'light' });
  hands = drivePanel(opened);
});

afterEach(() => opened.close());

/** What has the focus: a field by its id, else anything by its words. */
const focused = () =>
  opened.evaluate<string>(`(() => {
    const { activeElement: one, body } = document;
    return one === body ? 'nothing' : one.id || one.getAttribute('aria-label') || one.textContent;
  })()`);

test('each view that comes takes the keyboard along, and has its name read out', async () => {
  const { fake, page, panel } = opened;
  fake.knobs.deviceInterval = 1;
  await panel.getByRole('button', { name: 'Sign in' }).press('Enter');
  await panel.getByText('WDJB-MJHT').waitFor();
  await expect.poll(focused).toBe('Confirm in your browser');
  await page.bringToFront();
  await panel.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect.poll(focused).toBe('Pictures, priced before you click');

  for (let request = 0; request < 20; request++) fake.knobs.faults.push({ path: /v1/, fault: 'cut' });
  await hands.openSignIn();
  await panel.getByText('Allow the sign-in only').click();
  expect(await focused(), 'a click beside everything').toBe('nothing');
  fake.knobs.device = 'approved';
  await panel.getByText('No connection to Inkpot').waitFor();
  await expect.poll(focused).toBe('No connection to Inkpot');

  fake.knobs.faults.length = 0;
  await panel.getByRole('button', { name: 'Try again' }).press('Enter');
  await hands.balance().waitFor();
  await expect.poll(focused).toBe('prompt');
  expect(await panel.getByRole('main', { name: 'Make a picture' }).count()).toBe(1);

  await panel.getByRole('button', { name: 'Account' }).press('Enter');
  await expect.poll(focused).toBe('account');
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe('Account');
  await panel.getByRole('button', { name: 'Account' }).press('Enter');
  await panel.getByRole('button', { name: 'Sign out' }).press('Enter');
  await expect.poll(focused).toBe('Pictures, priced before you click');
});

test('what goes away or can no longer be used leaves the keyboard in the form', async () => {
  const { fake, panel } = opened;
  await hands.signIn();
  fake.knobs.pace = 'by-hand';
  await hands.prompt().fill('A lighthouse in fog');
  await hands.generate().press('Enter');
  const cancel = panel.getByRole('button', { name: 'Cancel' });
  await cancel.press('Enter');
  await panel.getByRole('button', { name: 'Dismiss' }).waitFor();
  await expect.poll(focused).toBe('prompt');
  await panel.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect.poll(focused).toBe('prompt');
  await hands.pick('Freehand');
  await panel.getByRole('button', { name: 'Use Lumen 2' }).press('Enter');
  await expect.poll(focused).toBe('prompt');
});

test('nobody who works on the canvas has the keyboard taken away', async () => {
  const { fake, page, panel } = opened;
  await hands.signIn();
  await page.getByRole('application', { name: 'Canvas' }).focus();
  fake.refreshTokens.clear();
  for (let request = 0; request < 8; request++) {
    fake.knobs.faults.push({ path: /v1/, fault: new InkpotError('unauthenticated') });
  }
  await opened.evaluate('dispatchEvent(new Event("online")); dispatchEvent(new Event("focus"))');
  await panel.getByText('Your sign-in has ended.').waitFor();
  expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Canvas');
});
