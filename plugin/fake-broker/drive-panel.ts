import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import type { OpenedPanel } from './open-panel.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a designer does in the panel, in the words of what is on it. */
export interface PanelHands {
  /** Asks to be let in; the tab that opens for it is closed again. */
  openSignIn(): Promise<void>;
  /** Lets somebody in at once. */
  signIn(): Promise<void>;
  pick(model: string): Promise<void>;
  prompt(): Locator;
  generate(): Locator;
  balance(): Locator;
  /** The id of what was asked for last. */
  lastGeneration(): string;
  /** What axe finds in the panel: everything, or its contrasts only, which are all that a theme changes. */
  faults(rules?: 'all' | 'contrast'): Promise<string[]>;
}

export function drivePanel({ fake, page, panel, evaluate }: OpenedPanel): PanelHands {
  const balance = () => panel.getByRole('status', { name: 'Balance' });

  async function openSignIn(): Promise<void> {
    const tab = page.context().waitForEvent('page');
    await panel.getByRole('button', { name: 'Sign in' }).click();
    await (await tab).close();
    // Behind another tab a frame is drawn once a second, and every click waits for two.
    await page.bringToFront();
  }

  return {
    openSignIn,
    async signIn() {
      fake.knobs.deviceInterval = 0.1;
      fake.knobs.device = 'authorization_pending';
      await openSignIn();
      // Not before: a debugger stops the new tab, and what the frame posts to its host while that stands still is lost.
      fake.knobs.device = 'approved';
      await balance().waitFor();
    },
    async pick(model) {
      const box = panel.getByRole('combobox', { name: 'Model' });
      await box.click();
      await box.fill(model);
      await box.press('Enter');
    },
    prompt: () => panel.getByRole('textbox', { name: 'Prompt', exact: true }),
    generate: () => panel.getByRole('button', { name: /^Generate/ }),
    balance,
    lastGeneration: () => [...fake.generations.keys()].at(-1) ?? '',
    async faults(rules = 'all') {
      await evaluate(axe);
      // Otherwise axe waits ten seconds for the fake's video, which nothing can play.
      const options = rules === 'all' ? "{ preload: { assets: ['cssom'] } }" : "{ runOnly: ['color-contrast'] }";
      return evaluate(`axe.run(${options}).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
    },
  };
}

/** A file as somebody chooses it. */
export async function photo(name = 'photo.png', background = '#7a61ff') {
  const buffer = await sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .png()
    .toBuffer();
  return { name, mimeType: 'image/png', buffer };
}
