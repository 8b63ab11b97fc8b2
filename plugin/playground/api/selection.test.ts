import { expect, test } from 'vitest';
import { removeNode } from '../document/tree.ts';
import { createTestHost } from '../fixtures/test-host.ts';

test('a selection is deduplicated and never holds a node together with one inside it', async () => {
  const printed = await createTestHost().run(`
    const frame = figma.createFrame();
    const inner = figma.createRectangle();
    frame.appendChild(inner);
    figma.currentPage.selection = [inner, frame, frame];
    console.log(figma.currentPage.selection.map((node) => node.id));
    console.log(figma.currentPage.selection === figma.currentPage.selection);
  `);
  expect(printed).toEqual([['1:2'], false]);
});

test('only nodes of the page can be selected, and only by assigning', async () => {
  const printed = await createTestHost().run(`
    const page = figma.createPage();
    const frame = figma.createFrame();
    figma.currentPage.selection.push(frame);
    console.log(figma.currentPage.selection.length);
    for (const change of [() => { page.selection = [frame] }, () => { figma.currentPage.selection = ['1:2'] }]) {
      try { change() } catch (error) { console.log(error.message) }
    }
  `);
  expect(printed).toEqual([
    0,
    'in set_selection: The selection of a page can only include nodes in that page',
    'in set_selection: Expected "selection" to be a node',
  ]);
});

test('a node that somebody else deletes is removed, throws, and leaves the selection with an event', async () => {
  const host = createTestHost();
  await host.run(`
    const frame = figma.createFrame();
    figma.currentPage.selection = [frame];
    figma.once('selectionchange', () => {
      figma.once('selectionchange', () => {
        console.log([frame.removed, figma.currentPage.selection.length]);
        try { frame.x = 5 } catch (error) { console.log(error.message) }
      });
    });
  `);
  removeNode(host.editor.store, '1:2');
  await host.settle();
  expect(host.printed).toEqual([[true, 0], 'in set_x: The node with id "1:2" does not exist']);
});
