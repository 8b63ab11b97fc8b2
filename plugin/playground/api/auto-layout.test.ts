import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

const ROW = `
  const row = figma.createFrame();
  row.layoutMode = 'HORIZONTAL'; row.itemSpacing = 10;
  row.paddingLeft = row.paddingTop = 5;
  const [a, b] = [figma.createRectangle(), figma.createRectangle()];
  b.resize(50, 40);
  row.appendChild(a); row.appendChild(b);
`;

test('an auto-layout frame places its children and hugs them', async () => {
  const printed = await createTestHost().run(`${ROW}
    console.log([a.x, a.y, b.x, b.y, row.width, row.height]);
  `);
  expect(printed).toEqual([[5, 5, 115, 5, 165, 105]]);
});

test('x and y do nothing inside it, unless the child is positioned absolutely', async () => {
  const printed = await createTestHost().run(`${ROW}
    b.x = 500; b.y = 500;
    console.log([b.x, b.y]);
    b.layoutPositioning = 'ABSOLUTE';
    b.x = 500;
    console.log([b.x, row.width]);
  `);
  expect(printed).toEqual([
    [115, 5],
    [500, 105],
  ]);
});

test('a child can fill what is left, only inside auto layout', async () => {
  const printed = await createTestHost().run(`${ROW}
    row.resize(400, 200);
    b.layoutSizingHorizontal = 'FILL'; b.layoutSizingVertical = 'FILL';
    console.log([b.width, b.height, b.layoutSizingHorizontal, row.layoutSizingHorizontal]);
    figma.createRectangle().layoutSizingHorizontal = 'FILL';
  `);
  expect(printed).toEqual([
    [285, 195, 'FILL', 'FIXED'],
    'in set_layoutSizingHorizontal: FILL can only be set on children of auto-layout frames',
  ]);
});

test('alignment and nested frames are kept up to date when a deep child changes', async () => {
  const printed = await createTestHost().run(`${ROW}
    const column = figma.createFrame();
    column.layoutMode = 'VERTICAL'; column.counterAxisAlignItems = 'CENTER';
    column.appendChild(row);
    const wide = figma.createRectangle(); wide.resize(365, 10);
    column.appendChild(wide);
    console.log([row.x, column.width, column.height]);
    a.resize(200, 100);
    console.log([row.x, wide.y, column.height]);
    wide.remove();
    console.log(column.width);
  `);
  expect(printed).toEqual([[100, 365, 115], [50, 105, 115], 265]);
});
