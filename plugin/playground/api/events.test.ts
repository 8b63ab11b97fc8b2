import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test('two selection changes in one turn are one event, delivered in a later turn', async () => {
  const printed = await createTestHost().run(`
    const [a, b] = [figma.createFrame(), figma.createFrame()];
    figma.on('selectionchange', () => console.log(figma.currentPage.selection.map((node) => node.id)));
    figma.currentPage.selection = [a];
    figma.currentPage.selection = [b];
    console.log('changed');
  `);
  expect(printed).toEqual(['changed', ['1:3']]);
});

test('a handler that is added after the change, in the same turn, is still called', async () => {
  const printed = await createTestHost().run(`
    figma.currentPage.selection = [figma.createFrame()];
    figma.on('selectionchange', () => console.log('heard'));
  `);
  expect(printed).toEqual(['heard']);
});

test('another page means another selection', async () => {
  const printed = await createTestHost().run(`
    figma.on('currentpagechange', () => console.log('page'));
    figma.on('selectionchange', () => console.log('selection'));
    await figma.setCurrentPageAsync(figma.createPage());
  `);
  expect(printed).toEqual(['page', 'selection']);
});

test('off and once end deliveries', async () => {
  const host = createTestHost();
  await host.run(`
    const off = () => console.log('off');
    figma.on('selectionchange', off);
    figma.off('selectionchange', off);
    figma.once('selectionchange', () => console.log('once'));
    figma.createFrame(); figma.createFrame();
  `);
  host.editor.selection.set('0:1', ['1:2']);
  await host.settle();
  host.editor.selection.set('0:1', ['1:3']);
  await host.settle();
  expect(host.printed).toEqual(['once']);
});

test('nodechange tells in one event what a turn made, changed and removed on a page', async () => {
  const host = createTestHost();
  await host.run(`
    const [kept, gone] = [figma.createFrame(), figma.createFrame()];
    figma.currentPage.on('nodechange', ({ nodeChanges }) => {
      for (const { type, id, properties } of nodeChanges) console.log([type, id, properties]);
    });
    kept.name = 'Kept'; kept.opacity = 0.5; gone.remove(); figma.createText();
  `);
  expect(host.printed).toContainEqual(['PROPERTY_CHANGE', '1:2', ['name', 'opacity']]);
  expect(host.printed).toContainEqual(['DELETE', '1:3', undefined]);
  expect(host.printed).toContainEqual(['CREATE', '1:4', undefined]);
});

test('an unknown event, and documentchange before all pages are loaded, throw', async () => {
  const printed = await createTestHost().run(`
    figma.createPage();
    for (const type of ['selected', 'documentchange']) {
      try { figma.on(type, () => {}) } catch (error) { console.log(error.message) }
    }
  `);
  expect(printed).toEqual([
    'in on: "selected" is not a valid event type',
    expect.stringContaining('without calling figma.loadAllPagesAsync first'),
  ]);
});
