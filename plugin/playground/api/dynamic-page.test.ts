import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test.each([
  ['figma.getNodeById("0:1")', 'Use figma.getNodeByIdAsync() instead'],
  ['figma.getStyleById("x")', 'Use figma.getStyleByIdAsync() instead'],
  ['figma.getLocalPaintStyles()', 'Use figma.getLocalPaintStylesAsync() instead'],
  ['figma.currentPage = figma.root.children[0]', 'Use figma.setCurrentPageAsync() instead'],
  ['figma.createFrame().fillStyleId = "x"', 'Use node.setFillStyleIdAsync() instead'],
])('%s throws', async (source, instead) => {
  const [message] = await createTestHost().run(source);
  expect(message).toContain(`Cannot call with documentAccess: dynamic-page. ${instead}`);
});

test('children of a page that is not loaded are out of reach until it is', async () => {
  const printed = await createTestHost().run(`
    const page = figma.createPage();
    for (const use of [() => page.children, () => page.findAll(), () => page.appendChild(figma.createFrame())]) {
      try { use(); console.log('worked') } catch (error) { console.log(error.message) }
    }
    await page.loadAsync();
    page.appendChild(figma.createFrame());
    console.log(page.children.length);
  `);
  expect(printed).toEqual([
    ...['get_children', 'findAll', 'appendChild'].map(
      (name) =>
        `in ${name}: Cannot access children on a page that has not been explicitly loaded. Remember to call await page.loadAsync() or await figma.loadAllPagesAsync() first`,
    ),
    1,
  ]);
});

test('the whole document can be searched only after loadAllPagesAsync', async () => {
  const printed = await createTestHost().run(`
    figma.createPage();
    figma.createFrame();
    try { figma.root.findAll() } catch (error) { console.log(error.message) }
    await figma.loadAllPagesAsync();
    console.log(figma.root.findAll((node) => node.type === 'FRAME').length);
  `);
  expect(printed).toEqual([expect.stringContaining('loadAllPagesAsync'), 1]);
});

test('setCurrentPageAsync opens and loads a page; getNodeByIdAsync finds nodes and null', async () => {
  const printed = await createTestHost().run(`
    const page = figma.createPage();
    const frame = figma.createFrame();
    await figma.setCurrentPageAsync(page);
    console.log(figma.currentPage === page && page.children.length === 0);
    console.log((await figma.getNodeByIdAsync(frame.id)) === frame);
    console.log(await figma.getNodeByIdAsync('9:9'));
  `);
  expect(printed).toEqual([true, true, null]);
});
