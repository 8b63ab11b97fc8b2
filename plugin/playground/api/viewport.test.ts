import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test('the viewport tells centre, zoom and bounds, and shows nodes', async () => {
  const host = createTestHost();
  host.editor.viewport.setSize({ width: 800, height: 600 });
  const printed = await host.run(`
    figma.viewport.zoom = 2;
    figma.viewport.center = { x: 100, y: 50 };
    console.log(figma.viewport.bounds);
    const frame = figma.createFrame(); frame.x = 1000; frame.resize(2000, 100);
    figma.viewport.scrollAndZoomIntoView([frame]);
    console.log([figma.viewport.center, figma.viewport.zoom < 1]);
  `);
  expect(printed).toEqual([{ x: -100, y: -100, width: 400, height: 300 }, [{ x: 2000, y: 50 }, true]]);
});
