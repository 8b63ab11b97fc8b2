import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { startPlayground } from '../fake-broker/open-playground.ts';

const playground = startPlayground();
const { canvas, frames, open, drawFrame, runPlugin, ask } = playground;

let page: Page;
let errors: string[];

beforeEach(() => {
  page = playground.page();
  errors = playground.errors();
});

describe('the canvas', () => {
  beforeEach(() => open());

  test('a drawn frame is white, selected, named, and the move tool is back', async () => {
    await drawFrame(60, 80, 200, 120);
    expect(await frames().count()).toBe(1);
    expect(await frames().getAttribute('data-node-name')).toBe('Frame 1');
    const [frame, area] = [await frames().boundingBox(), await canvas().boundingBox()];
    expect(frame).toMatchObject({ x: (area?.x ?? 0) + 60, y: (area?.y ?? 0) + 80, width: 200, height: 120 });
    expect(await page.getByRole('button', { name: 'Frame 1' }).getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('button', { name: 'Frame tool' }).getAttribute('aria-pressed')).toBe('false');
    expect(await page.getByRole('button', { name: 'Move tool' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('a plugin fills the selected frame, and a reload keeps it, its relaunch button and its picture', async () => {
    await drawFrame(60, 80, 200, 120);
    await runPlugin();
    await ask('fill');
    await frames().locator('img').waitFor();
    expect(await frames().locator('img').getAttribute('alt')).toBe('Frame 1');
    await page.locator('[data-saved="true"]').waitFor();

    await page.reload();
    const picture = frames().locator('img');
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
    await page.getByRole('button', { name: 'Frame 1' }).click();
    await page.getByRole('button', { name: 'Generate again' }).click();
    expect((await ask('command')).result).toBe('again');
    expect(errors).toEqual([]);
  });

  test('export draws the selected layer at the asked width', async () => {
    await drawFrame(60, 80, 200, 100);
    await runPlugin();
    const { result } = await ask<{ result: Record<string, number> }>('export');
    const png = Uint8Array.from(Object.values(result));
    expect([...png.slice(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    const view = new DataView(png.buffer);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([20, 10]);
  });

  test('text is measured and shown', async () => {
    await runPlugin();
    const { result } = await ask<{ result: number }>('label', "'Ink'");
    const text = page.locator('[data-node-type="TEXT"]');
    expect(await text.textContent()).toBe('Ink');
    expect((await text.boundingBox())?.width).toBe(result);
  });

  test('click selects, shift adds, drag moves, the keys nudge, delete and undo', async () => {
    await drawFrame(40, 40, 100, 100);
    await drawFrame(200, 40, 100, 100);
    const [first, second] = [
      page.getByRole('button', { name: 'Frame 1' }),
      page.getByRole('button', { name: 'Frame 2' }),
    ];
    await frames().first().click();
    expect([await first.getAttribute('aria-pressed'), await second.getAttribute('aria-pressed')]).toEqual([
      'true',
      'false',
    ]);
    await frames()
      .last()
      .click({ modifiers: ['Shift'] });
    expect([await first.getAttribute('aria-pressed'), await second.getAttribute('aria-pressed')]).toEqual([
      'true',
      'true',
    ]);

    const before = await frames().first().boundingBox();
    await page.mouse.move((before?.x ?? 0) + 50, (before?.y ?? 0) + 50);
    await page.mouse.down();
    await page.mouse.move((before?.x ?? 0) + 70, (before?.y ?? 0) + 90);
    await page.mouse.up();
    expect(await frames().first().boundingBox()).toMatchObject({ x: (before?.x ?? 0) + 20, y: (before?.y ?? 0) + 40 });
    await page.keyboard.press('Shift+ArrowRight');
    expect((await frames().first().boundingBox())?.x).toBe((before?.x ?? 0) + 30);

    await page.keyboard.press('Delete');
    expect(await frames().count()).toBe(0);
    for (const _ of ['delete', 'nudge', 'move']) await page.keyboard.press('Control+z');
    expect(await frames().first().boundingBox()).toEqual(before);
    await frames().first().click();
    await page.keyboard.press('Escape');
    expect(await first.getAttribute('aria-pressed')).toBe('false');
  });

  test('wheel, space and the middle button pan; control and wheel zoom; the page does not scroll', async () => {
    await drawFrame(40, 40, 100, 100);
    const at = async (): Promise<{ x: number; y: number; width: number }> =>
      (await frames().boundingBox()) ?? { x: 0, y: 0, width: 0 };
    const start = await at();
    await canvas().hover();
    await page.mouse.wheel(-30, -50);
    await expect.poll(at).toMatchObject({ x: start.x + 30, y: start.y + 50 });

    const pan = async (press: () => Promise<void>, release: () => Promise<void>): Promise<void> => {
      await page.mouse.move(600, 500);
      await press();
      await page.mouse.move(640, 520);
      await release();
    };
    await pan(
      async () => {
        await page.keyboard.down(' ');
        await page.mouse.down();
      },
      async () => {
        await page.mouse.up();
        await page.keyboard.up(' ');
      },
    );
    expect(await at()).toMatchObject({ x: start.x + 70, y: start.y + 70 });
    await pan(
      () => page.mouse.down({ button: 'middle' }),
      () => page.mouse.up({ button: 'middle' }),
    );
    expect(await at()).toMatchObject({ x: start.x + 110, y: start.y + 90 });

    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await at()).width).toBeGreaterThan(150);
    expect(await page.evaluate(() => [window.scrollX, window.scrollY])).toEqual([0, 0]);
  });

  test('Reset document empties it and keeps what the person stored', async () => {
    await drawFrame(60, 80, 200, 120);
    await runPlugin();
    await ask('store', "'signed in'");
    await page.getByRole('button', { name: 'Reset document' }).click();
    await expect.poll(() => frames().count()).toBe(0);
    await page.reload();
    await canvas().waitFor();
    expect(await frames().count()).toBe(0);
    await runPlugin();
    expect((await ask('stored')).result).toBe('signed in');
  });
});

test.each(['light', 'dark'])('nothing keeps people from using the page in %s', async (theme) => {
  await open(`?theme=${theme}`);
  await drawFrame(60, 80, 200, 120);
  await runPlugin();
  await ask('fill');
  await ask('notify', "'Placed on the canvas'");
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
