import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test('after closePlugin the running code goes on, but figma throws', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    const page = figma.currentPage;
    figma.closePlugin('Bye');
    console.log('still here');
    for (const use of [() => figma.root, () => figma.createFrame, () => page.name, () => figma.notify('x')]) {
      try { use(); console.log('worked') } catch (error) { console.log(error.message) }
    }
  `);
  expect(printed).toEqual(['still here', ...Array(4).fill(expect.stringContaining('The plugin is closed'))]);
  expect(host.closings).toEqual(['Bye']);
});

test('closing cancels timers and deafens event handlers', async () => {
  const host = createTestHost();
  await host.run(`
    figma.showUI(__html__);
    setInterval(() => console.log('tick'), 10);
    figma.on('selectionchange', () => console.log('selected'));
    figma.ui.onmessage = () => console.log('message');
    figma.closePlugin();
  `);
  host.editor.selection.set('0:1', []);
  host.windows[0]?.events.onMessage('late', 'null');
  await host.advance(50);
  expect(host.printed).toEqual([]);
  expect(host.windows[0]?.isClosed).toBe(true);
});

test('close handlers run synchronously, with figma still there', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    figma.on('close', () => { console.log('closing ' + figma.root.name); Promise.resolve().then(() => console.log('too late')) });
    figma.closePlugin();
    console.log('closed');
  `);
  expect(printed).toEqual(['closing Untitled', 'closed']);
});

test('a close handler that throws is reported, and the plugin still closes', async () => {
  const host = createTestHost();
  await host.run('figma.on("close", () => { throw new Error("in the handler") }); figma.closePlugin()');
  expect(host.faults).toMatchObject([{ message: 'in the handler' }]);
  expect(host.closings).toHaveLength(1);
});

test('closing the window ends the plugin', async () => {
  const host = createTestHost();
  await host.run('figma.showUI(__html__); figma.on("close", () => console.log("closed by the person"))');
  host.windows[0]?.events.onClosedByPerson();
  expect(host.printed).toEqual(['closed by the person']);
  expect(host.windows[0]?.isClosed).toBe(true);
});

test('run is told the command, once main has been evaluated', async () => {
  const host = createTestHost();
  await host.run('console.log(figma.command); figma.on("run", ({ command }) => console.log(command))', {
    command: 'again',
  });
  expect(host.printed).toEqual(['again', 'again']);
});
