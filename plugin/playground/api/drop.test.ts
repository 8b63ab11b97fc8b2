import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

const DROP = { clientX: 30, clientY: 40, items: [{ type: 'text/plain', data: 'job' }], dropMetadata: { job: 7 } };

test('a drop is told with the node under it, positions in its space and the page’s, files and metadata', async () => {
  const host = createTestHost();
  await host.run(`
    figma.showUI(__html__);
    const frame = figma.createFrame(); frame.x = 10; frame.y = 15;
    figma.on('drop', (event) => {
      console.log([event.node.type, event.x, event.y, event.absoluteX, event.absoluteY, event.dropMetadata]);
      event.files[0].getTextAsync().then((text) => console.log([event.files[0].name, text]));
      return false;
    });
  `);
  const files = [{ name: 'a.txt', type: 'text/plain', bytes: new TextEncoder().encode('hello') }];
  host.windows[0]?.events.onDrop({ ...DROP, files });
  await host.settle();
  expect(host.printed).toEqual([
    ['FRAME', 20, 25, 30, 40, { job: 7 }],
    ['a.txt', 'hello'],
  ]);
});

test('over a locked frame, the page is the target', async () => {
  const host = createTestHost();
  await host.run(`
    figma.showUI(__html__);
    figma.createFrame().locked = true;
    figma.on('drop', ({ node, x }) => console.log([node.type, x]));
  `);
  host.windows[0]?.events.onDrop({ ...DROP, files: [] });
  expect(host.printed).toEqual([['PAGE', 30]]);
});
