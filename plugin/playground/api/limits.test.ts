import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

test('clientStorage keeps plain data and bytes, lists keys and deletes', async () => {
  const printed = await createTestHost().run(`
    const { clientStorage } = figma;
    await clientStorage.setAsync('a', { list: [1, undefined], bytes: new Uint8Array([3]) });
    console.log(await clientStorage.getAsync('a'));
    console.log(await clientStorage.keysAsync());
    await clientStorage.deleteAsync('a');
    console.log(await clientStorage.getAsync('a'));
    await clientStorage.setAsync('f', () => 1);
  `);
  expect(printed).toEqual([
    { list: [1, undefined], bytes: new Uint8Array([3]) },
    ['a'],
    undefined,
    expect.stringContaining('in setAsync: Cannot send a function'),
  ]);
});

test('clientStorage holds 5 MB in all, also when two writes race for the rest', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    const half = () => new Uint8Array(2.6 * 1024 * 1024);
    const results = await Promise.allSettled(['a', 'b'].map((key) => figma.clientStorage.setAsync(key, half())));
    console.log(results.map(({ status }) => status));
    await figma.clientStorage.setAsync('a', 'small again');
    await figma.clientStorage.setAsync('b', half());
    console.log(await figma.clientStorage.keysAsync());
    await figma.clientStorage.setAsync('c', half());
  `);
  expect(printed).toEqual([
    ['fulfilled', 'rejected'],
    ['a', 'b'],
    'in setAsync: Storage quota exceeded: a plugin can store up to 5 MB',
  ]);
});

test('plugin data is text of at most 100 kB, by plugin; an empty value deletes it', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    const frame = figma.createFrame();
    frame.setPluginData('prompt', 'ink');
    console.log([frame.getPluginData('prompt'), frame.getPluginDataKeys(), frame.getPluginData('none')]);
    frame.setSharedPluginData('inkpot', 'job', '7');
    console.log([frame.getSharedPluginData('inkpot', 'job'), frame.getSharedPluginDataKeys('inkpot')]);
    frame.setPluginData('prompt', '');
    console.log(frame.getPluginDataKeys());
    for (const change of [
      () => frame.setPluginData('big', 'x'.repeat(100_001)),
      () => frame.setPluginData('n', 5),
      () => frame.setSharedPluginData('ab', 'k', 'v'),
    ]) try { change() } catch (error) { console.log(error.message) }
  `);
  expect(printed).toEqual([
    ['ink', ['prompt'], ''],
    ['7', ['job']],
    [],
    expect.stringContaining('in setPluginData: Entry is too large'),
    'in setPluginData: Expected "value" to have type string but got number instead',
    expect.stringContaining('at least 3 alphanumeric'),
  ]);
});

test('another plugin does not see private data, and sees shared data', async () => {
  const host = createTestHost();
  await host.run(`
    const frame = figma.createFrame();
    frame.setPluginData('secret', 'mine'); frame.setSharedPluginData('inkpot', 'open', 'ours');
    frame.setRelaunchData({ again: 'Same prompt' });
  `);
  const manifest = {
    name: 'Other',
    id: '42',
    api: '1.0.0',
    main: 'm.js',
    editorType: ['figma'],
    documentAccess: 'dynamic-page',
  } as const;
  const printed = await host.run(
    `const [frame] = figma.currentPage.children;
     console.log([frame.getPluginData('secret'), frame.getSharedPluginData('inkpot', 'open'), frame.getRelaunchData()])`,
    { manifest },
  );
  expect(printed).toEqual([['', 'ours', {}]]);
});

test('relaunch data is replaced as a whole, and its descriptions end at 1000 characters', async () => {
  const printed = await createTestHost().run(`
    const frame = figma.createFrame();
    frame.setRelaunchData({ a: 'A', b: '' });
    frame.setRelaunchData({ b: 'B' });
    console.log(frame.getRelaunchData());
    frame.setRelaunchData({ a: 'x'.repeat(1001) });
  `);
  expect(printed).toEqual([{ b: 'B' }, expect.stringContaining('more than 1000 characters')]);
});

test('nodes that carry data can be found by it', async () => {
  const printed = await createTestHost().run(`
    const [a, b] = [figma.createFrame(), figma.createRectangle()];
    a.setPluginData('job', '1'); b.setSharedPluginData('inkpot', 'job', '2');
    const find = (criteria) => figma.currentPage.findAllWithCriteria(criteria).map((node) => node.id);
    console.log([find({ types: ['FRAME'] }), find({ pluginData: {} }), find({ pluginData: { keys: ['none'] } }), find({ sharedPluginData: { namespace: 'inkpot' } })]);
  `);
  expect(printed).toEqual([[['1:2'], ['1:2'], [], ['1:3']]]);
});
