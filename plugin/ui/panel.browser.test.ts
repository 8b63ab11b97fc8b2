import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { drivePanel, type PanelHands, photo } from '../fake-broker/drive-panel.ts';
import { type OpenedPanel, type PanelSite, startPanelSite } from '../fake-broker/open-panel.ts';

// The built panel, under the manifest's content security policy and an opaque origin, in Chromium.

let site: PanelSite;
let opened: OpenedPanel;
let hands: PanelHands;

beforeAll(async () => {
  site = await startPanelSite();
});

afterAll(() => site.close());

afterEach(() => opened.close());

describe('the panel', () => {
  beforeEach(async () => {
    opened = await site.open({ theme: 'light' });
    hands = drivePanel(opened);
    await hands.signIn();
  });

  test('takes a designer from a prompt to a picture by keyboard alone', async () => {
    const { page, panel } = opened;
    await panel.getByRole('combobox', { name: 'Model' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('lumen');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('A lighthouse in fog');
    expect(await hands.generate().textContent()).toBe('Generate · 0.8 credits');
    await page.keyboard.press('Control+Enter');
    await panel.getByText('0.8 credits · 199.2 left').waitFor();
    expect(await hands.balance().textContent()).toBe('199.2 credits');
    expect(await page.locator('[data-node-name="A lighthouse in fog"] img').count()).toBe(1);
    const dismiss = panel.getByRole('button', { name: 'Dismiss' });
    const about = await dismiss.getAttribute('aria-describedby');
    expect(await panel.locator(`[id="${about}"]`).textContent()).toBe('A lighthouse in fog');
    await dismiss.press('Enter');
    expect(await dismiss.count()).toBe(0);
    expect(await hands.prompt().evaluate((prompt) => prompt === prompt.ownerDocument.activeElement)).toBe(true);
  });

  test('shows each model with its price for these settings, and the price follows the settings', async () => {
    const { panel } = opened;
    await panel.getByRole('spinbutton', { name: 'Count' }).fill('3');
    await panel.getByRole('combobox', { name: 'Model' }).click();
    expect(await panel.getByRole('option', { name: /^Lumen 2/ }).textContent()).toContain('2.4 credits');
    await panel.getByRole('option', { name: /Glyph Pro/ }).click();
    expect(await hands.generate().textContent()).toBe('Generate · 4.5 credits');
    await panel.getByRole('radio', { name: 'premium' }).check();
    expect(await hands.generate().textContent()).toBe('Generate · 6.8 credits');
  });

  test('offers to save and reuse the selected picture with a model that takes no prompt, too', async () => {
    const { page, panel } = opened;
    await hands.pick('Lumen 2');
    await hands.prompt().fill('A lighthouse in fog');
    await hands.generate().click();
    await panel.getByText(/credits · .* left$/).waitFor();
    await page.locator('[data-node-name="A lighthouse in fog"]').click();
    await panel.getByRole('button', { name: 'Save original' }).waitFor();
    await hands.pick('Enlarger');
    await hands.prompt().waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Save original' }).click({ trial: true });
    await panel.getByRole('button', { name: 'Reuse from layer' }).click({ trial: true });
  });

  test('shows what each model can choose of its size', async () => {
    const { fake, panel } = opened;
    await hands.prompt().fill('a poster');
    await hands.pick('Poster Press');
    await panel.getByText('Lands as a picture. “Save original” on its layer gives the SVG.').waitFor();
    const size = panel.getByRole('combobox', { name: 'Size' });
    expect(await size.locator('option').allTextContents()).toEqual(['1024 × 1024', '1024 × 1536', '2048 × 2048']);
    await size.selectOption('2048 × 2048');
    expect(await hands.generate().textContent()).toBe('Generate · 2 credits');
    await hands.pick('Freehand');
    await panel.getByText('the model chooses the shape').waitFor();
    await panel.getByRole('radio', { name: '2K' }).check();
    expect(await hands.generate().textContent()).toBe('Generate · 1.9 credits');
    await hands.generate().click();
    await expect.poll(() => fake.generations.get(hands.lastGeneration())?.state).toBe('succeeded');
    expect(fake.generations.get(hands.lastGeneration())?.settings.size).toEqual({ kind: 'auto', tier: '2K' });

    await panel.getByRole('combobox', { name: 'Model' }).click();
    await panel.getByRole('combobox', { name: 'Model' }).fill('Nothing');
    await panel.getByText('No model matches “Nothing”.').waitFor();
  });

  test('enlarges a file: its price follows the picture and the factor, and nothing is sent before the click', async () => {
    const { fake, panel } = opened;
    await hands.pick('Enlarger');
    expect(await hands.prompt().count()).toBe(0);
    expect(await panel.getByRole('spinbutton').count(), 'it makes one').toBe(0);
    await panel.getByText('Enlarger needs a picture to work on.').waitFor();
    await panel.getByLabel('Choose file').setInputFiles(await photo());
    await panel.getByRole('img', { name: 'photo.png' }).waitFor();
    await panel.getByRole('radio', { name: '4×' }).check();
    expect(await hands.generate().textContent()).toBe('Generate · 0.4 credits');
    expect(fake.pictures.size).toBe(0);
    await hands.generate().click();
    await panel.getByText(/left$/).waitFor();
    const [picture] = fake.generations.get(hands.lastGeneration())?.settings.references ?? [];
    expect(picture).toMatchObject({ width: 320, height: 240 });
    expect(fake.pictures.has(picture?.assetId ?? '')).toBe(true);
  });

  test('edits the selected layer where a shape lies over it', async () => {
    const { fake, page, panel } = opened;
    const draw = async (from: number, to: number) => {
      await page.getByRole('button', { name: 'Frame tool' }).click();
      const corner = await page.getByRole('application', { name: 'Canvas' }).boundingBox();
      if (!corner) throw new Error('there is no canvas');
      await page.mouse.move(corner.x + from, corner.y + from);
      await page.mouse.down();
      await page.mouse.move(corner.x + to, corner.y + to, { steps: 4 });
      await page.mouse.up();
    };
    await hands.pick('Retouch');
    await draw(100, 300);
    await panel.getByRole('button', { name: 'Add selection' }).click();
    await panel.getByRole('img', { name: /^Frame/ }).waitFor();
    await draw(150, 200);
    await panel.getByRole('button', { name: 'Use selection' }).click();
    await expect.poll(() => panel.getByRole('img', { name: /^Frame/ }).count()).toBe(2);
    const brightness = await opened.evaluate<number>(`(async () => {
      const picture = await createImageBitmap(document.querySelectorAll('.tiles img')[1]);
      const pen = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
      pen.drawImage(picture, 0, 0);
      const { data } = pen.getImageData(0, 0, picture.width, picture.height);
      return data.reduce((sum, value, at) => sum + (at % 4 === 0 ? value : 0), 0) / (data.length / 4) / 255;
    })()`);
    expect(brightness, 'a quarter of each side is white').toBeCloseTo(1 / 16, 2);
    await hands.prompt().fill('a window');
    await hands.generate().click();
    await panel.getByText(/left$/).waitFor();
    const { references = [], mask } = fake.generations.get(hands.lastGeneration())?.settings ?? {};
    expect(mask).toMatchObject({ width: references[0]?.width, height: references[0]?.height });
  });

  test('makes a video of the chosen length, to be watched and kept', async () => {
    const { fake, page, panel } = opened;
    await hands.pick('Reel');
    await panel.getByRole('radio', { name: '8 s' }).check();
    await panel.getByRole('checkbox', { name: 'With sound' }).uncheck();
    await hands.prompt().fill('Waves');
    expect(await hands.generate().textContent()).toBe('Generate · 20 credits');
    await hands.generate().click();
    await panel.getByText(/left$/).waitFor();
    expect(await page.locator('[data-node-name="Waves"] video').count()).toBe(1);
    await panel.getByRole('button', { name: 'Play' }).click();
    await panel.locator('video').waitFor();
    const web = page.context().waitForEvent('page');
    await panel.getByRole('button', { name: 'Download MP4' }).click();
    await (await web).waitForURL(`${fake.url}/v1/generations/links/${hands.lastGeneration()}`);
    expect(await hands.faults()).toEqual([]);
  });

  test('fits the selected frame, and says what the picture goes into', async () => {
    const { page, panel } = opened;
    await page.getByRole('button', { name: 'Frame tool' }).click();
    const canvas = page.getByRole('application', { name: 'Canvas' });
    const corner = await canvas.boundingBox();
    if (!corner) throw new Error('there is no canvas');
    await page.mouse.move(corner.x + 60, corner.y + 100);
    await page.mouse.down();
    await page.mouse.move(corner.x + 260, corner.y + 250, { steps: 4 });
    await page.mouse.up();
    await panel
      .getByText(/^Frame/)
      .first()
      .waitFor();
    await hands.pick('Sketch');
    await panel.getByRole('button', { name: 'Fit selection 2×' }).click();
    expect(await panel.getByRole('spinbutton', { name: 'Width' }).inputValue()).toBe('400');
    expect(await panel.getByRole('spinbutton', { name: 'Height' }).inputValue()).toBe('300');
    await hands.prompt().fill('Waves');
    await panel.getByText(/^Goes into “Frame/).waitFor();
    await hands.generate().click();
    await panel.getByText(/left$/).waitFor();
    expect(await page.locator('[data-node-type="FRAME"]').count()).toBe(1);
    expect(await page.locator('[data-node-type="FRAME"] img').count()).toBe(1);
  });

  test('leads from a model that is down to its nearest equal by one click', async () => {
    const { panel } = opened;
    await hands.pick('Freehand');
    await panel.getByText('Freehand is not delivering right now. What fails costs nothing.').waitFor();
    await panel.getByRole('button', { name: 'Use Lumen 2' }).click();
    expect(await panel.getByRole('combobox', { name: 'Model' }).inputValue()).toBe('Lumen 2');
    expect(await hands.generate().textContent()).toBe('Generate · 0.8 credits');
    expect(await panel.getByText(/not delivering/).count()).toBe(0);
  });

  test('takes a double click and a key that is held down as one order', async () => {
    const { fake, page, panel } = opened;
    await hands.prompt().fill('Waves');
    await expect.poll(() => fake.requests.filter(({ line }) => line === 'POST /v1/quotes').length).toBe(1);
    await hands.generate().dblclick();
    await panel.getByText(/left$/).waitFor();
    expect(fake.generations.size).toBe(1);
    for (const [place, key] of [
      [hands.generate(), 'Enter'],
      [hands.prompt(), 'Control+Enter'],
    ] as const) {
      const before = fake.generations.size;
      await place.focus();
      const [last = key, modifier] = key.split('+').reverse();
      if (modifier) await page.keyboard.down(modifier);
      for (let repeat = 0; repeat < 6; repeat++) await page.keyboard.down(last);
      await page.keyboard.up(last);
      if (modifier) await page.keyboard.up(modifier);
      await expect.poll(() => panel.getByText(/left$/).count()).toBe(before + 1);
      expect(fake.generations.size, key).toBe(before + 1);
    }
  });

  test('keeps every word that is pasted, and says what is too long instead of cutting it off', async () => {
    const { page, panel } = opened;
    await hands.pick('Lumen');
    await hands.prompt().focus();
    await page.keyboard.insertText('a'.repeat(4_100));
    await panel.getByText('Lumen 2 takes at most 4,000 characters, and the prompt has 4,100: shorten it.').waitFor();
    await hands.prompt().fill('A lighthouse');
    await panel.getByRole('textbox', { name: 'Negative prompt' }).focus();
    await page.keyboard.insertText('b'.repeat(2_001));
    await panel.getByText('and the negative prompt has 2,001: shorten it.').waitFor();
  });

  test('does not jump when a price, a message or a picture comes', async () => {
    const { panel } = opened;
    const top = async () => (await hands.generate().boundingBox())?.y;
    const before = await top();
    await hands.pick('Panorama');
    await hands.prompt().fill('A lighthouse in fog');
    await hands.generate().click();
    await panel.getByText(/left$/).waitFor();
    expect(await top()).toBe(before);
  });

  test('stays whole when it is narrow and when it is wide', async () => {
    await hands.pick('Lumen');
    for (const width of [320, 360, 480]) {
      await opened.evaluate(
        `parent.postMessage({ pluginMessage: { type: 'resize', width: ${width}, height: 560, done: true } }, '*')`,
      );
      await expect.poll(() => opened.evaluate('innerWidth')).toBe(width);
      const overflowing = await opened.evaluate(
        `[...document.querySelectorAll('button, input, select, textarea')]
          .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth).length`,
      );
      expect(overflowing, `${width} px`).toBe(0);
    }
  });

  test('forgets who was here after signing out', async () => {
    const { panel, fake } = opened;
    await panel.getByRole('button', { name: 'Account' }).click();
    await panel.getByRole('button', { name: 'Sign out' }).click();
    await panel.getByRole('button', { name: 'Sign in' }).waitFor();
    await expect.poll(() => fake.refreshTokens.size).toBe(0);
  });
});
