import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What a theme and a width change of a page that axe has seen whole in another look. */
const LOOK = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

/** What axe finds, nothing let off; and nothing wider than the window. */
export async function expectFlawless(page: Page, what: string, rules: 'all' | 'look' = 'all'): Promise<void> {
  // No page has a frame; whoever asks for those has a blank page opened for each answer.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (rules === 'all' ? axe : axe.withRules(LOOK)).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    what,
  ).toEqual([]);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(overflow, `${what}: wider than the window by px`).toBe(0);
}
