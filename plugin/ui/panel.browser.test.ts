import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { type OpenedPanel, type PanelSite, startPanelSite } from '../fake-broker/open-panel.ts';

// The built panel, under the manifest's content security policy and an opaque origin, in Chromium.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let site: PanelSite;
let opened: OpenedPanel;

beforeAll(async () => {
  site = await startPanelSite();
});

afterAll(() => site.close());

afterEach(() => opened.close());

/** What axe finds in the panel: everything, or its contrasts only, which are all that a theme changes. */
async function faults(rules: 'all' | 'contrast' = 'all'): Promise<string[]> {
  await opened.evaluate(axe);
  const options = rules === 'all' ? '{}' : "{ runOnly: ['color-contrast'] }";
  return opened.evaluate(`axe.run(${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
}

async function signIn(): Promise<void> {
  const { fake, panel } = opened;
  fake.knobs.deviceInterval = 1;
  fake.knobs.device = 'approved';
  await panel.getByRole('button', { name: 'Sign in' }).click();
  await panel.getByRole('status', { name: 'Balance' }).waitFor();
}

async function pick(model: string): Promise<void> {
  const box = opened.panel.getByRole('combobox', { name: 'Model' });
  await box.click();
  await box.fill(model);
  await box.press('Enter');
}

/** A file as somebody chooses it. */
async function photo(name = 'photo.png', background = '#7a61ff') {
  const buffer = await sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .png()
    .toBuffer();
  return { name, mimeType: 'image/png', buffer };
}

const prompt = () => opened.panel.getByRole('textbox', { name: 'Prompt', exact: true });
const generate = () => opened.panel.getByRole('button', { name: /^Generate/ });
const balance = () => opened.panel.getByRole('status', { name: 'Balance' });
const lastGeneration = () => [...opened.fake.generations.keys()].at(-1) ?? '';

for (const theme of ['light', 'dark'] as const) {
  test(`in ${theme} colours, every state of the panel is accessible`, async () => {
    opened = await site.open({ theme });
    const rules = theme === 'light' ? 'all' : 'contrast';
    const { fake, panel, page } = opened;
    fake.knobs.pace = 'by-hand';
    fake.knobs.deviceInterval = 1;
    await panel.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await faults(rules), 'signed out').toEqual([]);

    await panel.getByRole('button', { name: 'Sign in' }).click();
    await panel.getByText('WDJB-MJHT').waitFor();
    expect(await faults(rules), 'comparing the code').toEqual([]);

    for (let request = 0; request < 20; request++) fake.knobs.faults.push({ path: /v1/, fault: 'cut' });
    fake.knobs.device = 'approved';
    await panel.getByText('No connection to Inkpot').waitFor();
    expect(await faults(rules), 'no connection').toEqual([]);

    fake.knobs.faults.length = 0;
    fake.knobs.available = millicredits(0);
    await panel.getByRole('button', { name: 'Try again' }).click();
    await panel.getByText('Not enough credits').waitFor();
    expect(await generate().isDisabled()).toBe(true);
    expect(await faults(rules), 'no credits').toEqual([]);

    fake.knobs.available = millicredits(200_000);
    await opened.evaluate("window.dispatchEvent(new Event('focus'))");
    await balance().getByText('200 credits').waitFor();
    await panel.getByRole('combobox', { name: 'Model' }).click();
    expect(await faults(rules), 'picking a model').toEqual([]);
    await page.keyboard.press('Escape');

    for (const model of ['Lumen', 'Glyph', 'Panorama', 'Poster Press', 'Freehand', 'Reel', 'Enlarger', 'Retouch']) {
      await pick(model);
      expect(await faults(rules), model).toEqual([]);
    }
    await panel
      .getByLabel('Choose file')
      .first()
      .setInputFiles(await photo());
    await panel.getByRole('button', { name: 'Remove photo.png' }).waitFor();
    expect(await faults(rules), 'with a picture').toEqual([]);
    await prompt().fill('A lighthouse in fog');
    await generate().click();
    await panel.getByRole('button', { name: 'Cancel' }).waitFor();
    expect(await faults(rules), 'generating').toEqual([]);

    const message = 'The model refused the prompt. Nothing was charged: reword it and try again.';
    fake.change(lastGeneration(), { state: 'refused', failure: { reason: 'moderated_input', message } });
    await panel.getByText(message).waitFor();
    expect(await faults(rules), 'refused').toEqual([]);

    await panel.getByRole('button', { name: 'Account' }).click();
    await panel.getByText('Ada Lovelace').waitFor();
    expect(await faults(rules), 'the account menu').toEqual([]);
  });
}

describe('the panel', () => {
  beforeEach(async () => {
    opened = await site.open({ theme: 'light' });
    await signIn();
  });

  test('takes a designer from a prompt to a picture by keyboard alone', async () => {
    const { page, panel } = opened;
    await panel.getByRole('combobox', { name: 'Model' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('lumen');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('A lighthouse in fog');
    expect(await generate().textContent()).toBe('Generate · 0.8 credits');
    await page.keyboard.press('Control+Enter');
    await panel.getByText('0.8 credits · 199.2 left').waitFor();
    expect(await balance().textContent()).toBe('199.2 credits');
    expect(await page.locator('[data-node-name="A lighthouse in fog"] img').count()).toBe(1);
  });

  test('shows each model with its price for these settings, and the price follows the settings', async () => {
    const { panel } = opened;
    await panel.getByRole('spinbutton', { name: 'Count' }).fill('3');
    await panel.getByRole('combobox', { name: 'Model' }).click();
    expect(await panel.getByRole('option', { name: /Lumen 2/ }).textContent()).toContain('2.4 credits');
    await panel.getByRole('option', { name: /Glyph Pro/ }).click();
    expect(await generate().textContent()).toBe('Generate · 4.5 credits');
    await panel.getByRole('radio', { name: 'premium' }).check();
    expect(await generate().textContent()).toBe('Generate · 6.8 credits');
  });

  test('shows what each model can choose of its size', async () => {
    const { fake, panel } = opened;
    await prompt().fill('a poster');
    await pick('Poster Press');
    const size = panel.getByRole('combobox', { name: 'Size' });
    expect(await size.locator('option').allTextContents()).toEqual(['1024 × 1024', '1024 × 1536', '2048 × 2048']);
    await size.selectOption('2048 × 2048');
    expect(await generate().textContent()).toBe('Generate · 2 credits');
    await pick('Freehand');
    await panel.getByText('the model chooses the shape').waitFor();
    await panel.getByRole('radio', { name: '2K' }).check();
    expect(await generate().textContent()).toBe('Generate · 1.9 credits');
    await generate().click();
    await expect.poll(() => fake.generations.get(lastGeneration())?.state).toBe('succeeded');
    expect(fake.generations.get(lastGeneration())?.settings.size).toEqual({ kind: 'auto', tier: '2K' });

    await panel.getByRole('combobox', { name: 'Model' }).click();
    await panel.getByRole('combobox', { name: 'Model' }).fill('Nothing');
    await panel.getByText('No model matches “Nothing”.').waitFor();
  });

  test('enlarges a file: its price follows the picture and the factor, and nothing is sent before the click', async () => {
    const { fake, panel } = opened;
    await pick('Enlarger');
    expect(await prompt().count()).toBe(0);
    await panel.getByText('Enlarger needs a picture to work on.').waitFor();
    await panel.getByLabel('Choose file').setInputFiles(await photo());
    await panel.getByRole('img', { name: 'photo.png' }).waitFor();
    await panel.getByRole('radio', { name: '4×' }).check();
    expect(await generate().textContent()).toBe('Generate · 0.4 credits');
    expect(fake.pictures.size).toBe(0);
    await generate().click();
    await panel.getByText(/left$/).waitFor();
    const [picture] = fake.generations.get(lastGeneration())?.settings.references ?? [];
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
    await pick('Retouch');
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
    await prompt().fill('a window');
    await generate().click();
    await panel.getByText(/left$/).waitFor();
    const { references = [], mask } = fake.generations.get(lastGeneration())?.settings ?? {};
    expect(mask).toMatchObject({ width: references[0]?.width, height: references[0]?.height });
  });

  test('makes a video of the chosen length, to be watched and kept', async () => {
    const { page, panel } = opened;
    await pick('Reel');
    await panel.getByRole('radio', { name: '8 s' }).check();
    await panel.getByRole('checkbox', { name: 'With sound' }).uncheck();
    await prompt().fill('Waves');
    expect(await generate().textContent()).toBe('Generate · 20 credits');
    await generate().click();
    await panel.getByText(/left$/).waitFor();
    expect(await page.locator('[data-node-name="Waves"] video').count()).toBe(1);
    await panel.getByRole('button', { name: 'Play' }).click();
    await panel.locator('video').waitFor();
    expect(await panel.getByRole('link', { name: 'Download MP4' }).getAttribute('href')).toMatch(/^blob:/);
    expect(await faults()).toEqual([]);
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
    await pick('Sketch');
    await panel.getByRole('button', { name: 'Fit selection 2×' }).click();
    expect(await panel.getByRole('spinbutton', { name: 'Width' }).inputValue()).toBe('400');
    expect(await panel.getByRole('spinbutton', { name: 'Height' }).inputValue()).toBe('300');
    await prompt().fill('Waves');
    await panel.getByText(/^Goes into “Frame/).waitFor();
    await generate().click();
    await panel.getByText(/left$/).waitFor();
    expect(await page.locator('[data-node-type="FRAME"]').count()).toBe(1);
    expect(await page.locator('[data-node-type="FRAME"] img').count()).toBe(1);
  });

  test('does not jump when a price, a message or a picture comes', async () => {
    const { panel } = opened;
    const top = async () => (await generate().boundingBox())?.y;
    const before = await top();
    await pick('Panorama');
    await prompt().fill('A lighthouse in fog');
    await generate().click();
    await panel.getByText(/left$/).waitFor();
    expect(await top()).toBe(before);
  });

  test('stays whole when it is narrow and when it is wide', async () => {
    await pick('Lumen');
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
