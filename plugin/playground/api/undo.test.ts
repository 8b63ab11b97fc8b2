import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test('all that a plugin does is one undo step', async () => {
  const host = createTestHost();
  await host.run('figma.createFrame().name = "A"; figma.createText(); figma.closePlugin()');
  host.editor.history.undo();
  expect(host.editor.store.read('0:1').childIds).toEqual([]);
  host.editor.history.redo();
  expect(host.editor.store.read('0:1').childIds).toEqual(['1:2', '1:3']);
});

test('commitUndo splits it into steps', async () => {
  const host = createTestHost();
  await host.run('figma.createFrame(); figma.commitUndo(); figma.createFrame(); figma.closePlugin()');
  host.editor.history.undo();
  expect(host.editor.store.read('0:1').childIds).toEqual(['1:2']);
  host.editor.history.undo();
  expect(host.editor.store.read('0:1').childIds).toEqual([]);
});

test('triggerUndo reverts to the last commit, and nodes that it took away are removed', async () => {
  const printed = await createTestHost().run(`
    const kept = figma.createFrame();
    figma.commitUndo();
    kept.x = 50;
    const gone = figma.createFrame();
    figma.triggerUndo();
    console.log([kept.x, gone.removed, figma.currentPage.children.length]);
  `);
  expect(printed).toEqual([[0, true, 1]]);
});

test("a person's own change is a step apart from the plugin's", async () => {
  const host = createTestHost();
  host.editor.store.update('0:1', { name: 'Renamed' });
  await host.run('figma.createFrame(); figma.closePlugin()');
  host.editor.history.undo();
  expect(host.editor.store.read('0:1')).toMatchObject({ name: 'Renamed', childIds: [] });
});
