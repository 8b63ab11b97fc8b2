import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { drivePanel, photo } from '../fake-broker/drive-panel.ts';
import { type OpenedPanel, type PanelSite, startPanelSite } from '../fake-broker/open-panel.ts';

// The built panel, in Chromium, as axe sees it.

let site: PanelSite;
let opened: OpenedPanel;

beforeAll(async () => {
  site = await startPanelSite();
});

afterAll(() => site.close());

afterEach(() => opened.close());

for (const theme of ['light', 'dark'] as const) {
  test(`in ${theme} colours, every state of the panel is accessible`, async () => {
    opened = await site.open({ theme });
    const rules = theme === 'light' ? 'all' : 'contrast';
    const { fake, panel, page } = opened;
    const { pick, prompt, generate, balance, lastGeneration, faults, openSignIn } = drivePanel(opened);
    fake.knobs.pace = 'by-hand';
    fake.knobs.deviceInterval = 1;
    await panel.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await faults(rules), 'signed out').toEqual([]);

    await openSignIn();
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
