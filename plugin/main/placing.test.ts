import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import { look, reserve, startMain } from '../fake-broker/open-main.ts';
import type { TestHost } from '../playground/fixtures/test-host.ts';

const open = startMain();

let png: Uint8Array;

beforeAll(async () => {
  const picture = sharp({ create: { width: 64, height: 32, channels: 3, background: '#7a61ff' } });
  png = new Uint8Array(await picture.png().toBuffer());
});

const LAYERS = `figma.currentPage.children.map((node) => ({
  type: node.type, name: node.name, x: node.x, y: node.y, width: node.width, height: node.height,
  fills: node.fills.map((paint) => paint.type), texts: (node.children || []).map((child) => child.characters),
}))`;

const place = (index = 0): ToMain => ({
  type: 'place',
  ticket: 't1',
  index,
  bytes: png,
  video: null,
  width: 64,
  height: 32,
  prompt: 'A lighthouse\nin fog',
  relaunch: 'Sketch · A lighthouse',
  receipt: '{"seed":7}',
});

/** Draws and selects a rectangle, and returns its id. */
async function drawRectangle(host: TestHost, more = ''): Promise<string> {
  return String(
    await look(
      host,
      `(() => { const node = figma.createRectangle(); node.name = 'Hero'; node.resize(200, 100); ${more};
        figma.currentPage.selection = [node]; figma.commitUndo(); return node.id; })()`,
    ),
  );
}

describe('placeholders', () => {
  test('appear at once, named by the prompt, in a grid around the middle of the view', async () => {
    const { host, tell } = await open();
    await tell(reserve(4));
    const layers = (await look(host, LAYERS)) as { x: number; y: number }[];
    expect(layers).toHaveLength(4);
    expect(layers[0]).toMatchObject({
      type: 'FRAME',
      name: 'A lighthouse in fog',
      width: 64,
      height: 32,
      texts: ['Queued…'],
    });
    const xs = layers.map(({ x }) => x);
    const ys = layers.map(({ y }) => y);
    expect([Math.min(...xs) + Math.max(...xs) + 64, Math.min(...ys) + Math.max(...ys) + 32]).toEqual([0, 0]);
  });

  test('have a dashed edge, of which nothing is left under the picture', async () => {
    const { host, tell } = await open();
    await tell(reserve());
    const edge = '(({ strokes, dashPattern }) => [strokes.length, dashPattern])(figma.currentPage.children[0])';
    expect(await look(host, edge)).toEqual([1, [4, 4]]);
    await tell(place());
    expect(await look(host, edge)).toEqual([0, []]);
  });

  test('say how far the picture is', async () => {
    const { host, tell } = await open();
    await tell(reserve());
    await tell({ type: 'progress', ticket: 't1', label: 'Drawing… 40%' });
    expect(await look(host, LAYERS)).toMatchObject([{ texts: ['Drawing… 40%'] }]);
    const label = 'figma.currentPage.children[0].children[0]';
    expect(await look(host, `[${label}.x, ${label}.width]`), 'in its middle, whatever the words').toEqual([0, 64]);
  });

  test('never cover what is there, and line up beside the last picture', async () => {
    const { host, tell } = await open();
    await tell(reserve());
    await tell(place());
    await tell({ ...reserve(), entry: { ticket: 't2', documentId: 'doc', order: '{}' } } as ToMain);
    const [first, second] = (await look(host, LAYERS)) as { x: number; y: number }[];
    expect(second).toMatchObject({ x: (first?.x ?? 0) + 64 + 40, y: first?.y });
  });

  test('go when the job is cancelled, and leave what the designer put in their place', async () => {
    const { host, tell } = await open();
    const id = await drawRectangle(host);
    await tell(reserve(2, id));
    await look(
      host,
      `(figma.currentPage.selection[0].fills = figma.currentPage.selection[0].fills.concat([{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }]), 1)`,
    );
    await tell({ type: 'release', ticket: 't1' });
    expect(await look(host, LAYERS)).toMatchObject([{ name: 'Hero', fills: ['SOLID', 'SOLID'] }]);
  });
});

describe('a picture', () => {
  test('becomes the fill of the selected shape, which stays as it is otherwise, in one undo step', async () => {
    const { host, tell, last } = await open();
    const id = await drawRectangle(host);
    await tell(reserve(1, id));
    await tell(place());
    expect(last('placed')).toEqual({ type: 'placed', ticket: 't1', index: 0, outcome: 'placed', message: null });
    expect(await look(host, LAYERS)).toMatchObject([{ name: 'Hero', width: 200, height: 100, fills: ['IMAGE'] }]);
    host.editor.history.undo();
    expect(await look(host, LAYERS)).toMatchObject([{ name: 'Hero', fills: ['SOLID'] }]);
  });

  test('takes over its placeholder, carries its receipt and a relaunch button, and is selected', async () => {
    const { host, tell, last } = await open();
    await tell(reserve());
    await tell(place());
    expect(await look(host, LAYERS)).toMatchObject([{ name: 'A lighthouse in fog', fills: ['IMAGE'], texts: [] }]);
    const node = 'figma.currentPage.selection[0]';
    expect(await look(host, `[${node}.getPluginData('receipt'), ${node}.getRelaunchData()]`)).toEqual([
      '{"seed":7}',
      { reuse: 'Sketch · A lighthouse' },
    ]);
    expect(last('selection')?.selection).toMatchObject({ count: 1, receipt: '{"seed":7}' });
    host.editor.history.undo();
    expect(await look(host, LAYERS)).toEqual([]);
  });

  test('does not become the target of the next one', async () => {
    const { tell, last } = await open();
    await tell(reserve());
    await tell(place());
    expect(last('selection')?.selection.node).toMatchObject({ takesFill: false, why: null });
  });

  test('of a batch is an undo step of its own, and all of them are selected', async () => {
    const { host, tell } = await open();
    await tell(reserve(2));
    await tell(place(0));
    await tell(place(1));
    expect(await look(host, 'figma.currentPage.selection.length')).toBe(2);
    host.editor.history.undo();
    expect(await look(host, LAYERS)).toMatchObject([{ fills: ['IMAGE'] }, { fills: ['SOLID'] }]);
    host.editor.history.undo();
    expect(await look(host, LAYERS)).toEqual([]);
  });

  test('goes onto the canvas and says so, when its layer was locked meanwhile', async () => {
    const { host, tell, last } = await open();
    const id = await drawRectangle(host);
    await tell(reserve(1, id));
    await look(host, '(figma.currentPage.children[0].locked = true, 1)');
    await tell(place());
    expect(last('placed')).toMatchObject({ outcome: 'moved', message: expect.stringContaining('“Hero” is locked.') });
    expect(await look(host, LAYERS)).toMatchObject([
      { name: 'Hero' },
      { name: 'A lighthouse in fog', fills: ['IMAGE'] },
    ]);
  });

  test('case 21: goes into the frame that it was meant for after the plugin was closed and opened', async () => {
    const { host, tell } = await open();
    await tell(reserve());
    await tell({ type: 'confirm', ticket: 't1', generationId: 'gen_1' });
    await look(host, '(figma.currentPage.children[0].x = 500, 1)');
    host.windows[0]?.events.onClosedByPerson();
    const again = await open(host);
    await again.tell({ type: 'ready' });
    expect(again.last('start')?.placements).toMatchObject([{ ticket: 't1', generationId: 'gen_1' }]);
    await again.tell(place());
    expect(await look(host, LAYERS)).toMatchObject([{ x: 500, fills: ['IMAGE'] }]);
    const third = await open(host);
    await third.tell({ type: 'ready' });
    expect(third.last('start')?.placements).toEqual([]);
  });

  test('case 21: lands in the middle of the canvas and says so, when its frame was deleted', async () => {
    const { host, tell, last } = await open();
    await tell(reserve());
    await look(host, '(figma.currentPage.children[0].remove(), 1)');
    await tell(place());
    expect(last('placed')).toMatchObject({ outcome: 'moved', message: expect.stringContaining('gone') });
    expect(await look(host, LAYERS)).toMatchObject([{ x: -32, y: -16, fills: ['IMAGE'] }]);
  });

  test('that was paid for lands in the middle of the canvas, when its placeholder was undone', async () => {
    const { host, tell, last } = await open();
    await tell(reserve(2));
    host.editor.history.undo();
    expect(await look(host, LAYERS)).toEqual([]);
    await tell(place(0));
    await tell(place(1));
    expect(last('placed')).toMatchObject({ outcome: 'moved', message: expect.stringContaining('gone') });
    await tell(place(1));
    expect(last('placed')).toMatchObject({ outcome: 'skipped' });
    expect(await look(host, LAYERS)).toMatchObject([{ fills: ['IMAGE'] }, { fills: ['IMAGE'] }]);
  });

  test('finds its place when the request could not be stored on this machine', async () => {
    const { host, tell, last } = await open();
    await tell({ ...reserve(), entry: { ticket: 't1', documentId: 'doc', order: 'x'.repeat(6_000_000) } } as ToMain);
    expect(await look(host, LAYERS)).toHaveLength(1);
    await tell(place());
    expect(last('placed')).toMatchObject({ outcome: 'placed' });
  });

  test('lands although its place could not be drawn, and says where', async () => {
    const { host, tell, last } = await open();
    const id = await drawRectangle(host);
    const { pictures } = reserve() as Extract<ToMain, { type: 'reserve' }>;
    await tell({ ...reserve(2, id), pictures: [...pictures, { width: 0, height: 0 }] } as ToMain);
    expect(last('failed')).toMatchObject({ what: 'reserve' });
    await tell(place(0));
    expect(last('placed')).toMatchObject({ outcome: 'placed' });
    await tell(place(1));
    expect(last('placed')).toMatchObject({
      outcome: 'moved',
      message: expect.stringContaining('middle of the canvas'),
    });
    const layers = (await look(host, LAYERS)) as { fills: string[] }[];
    expect(layers.filter(({ fills }) => fills.includes('IMAGE'))).toHaveLength(2);
  });

  test('is not placed twice, when two people have the file open', async () => {
    const { host, tell, last } = await open();
    await tell(reserve(2));
    await tell(place(0));
    await tell(place(0));
    expect(last('placed')).toMatchObject({ outcome: 'skipped' });
    expect(await look(host, LAYERS)).toHaveLength(2);
  });

  test('that Figma cannot read is reported, and its placeholder waits for another attempt', async () => {
    const { host, tell, last } = await open();
    await tell(reserve());
    await tell({ ...place(), bytes: new Uint8Array([1, 2, 3]) } as ToMain);
    expect(last('placed')).toMatchObject({ outcome: 'failed' });
    await tell(place());
    expect(await look(host, LAYERS)).toMatchObject([{ fills: ['IMAGE'] }]);
  });

  test('opens the panel again with its own settings, from its relaunch button', async () => {
    const { host, tell } = await open();
    await tell(reserve());
    await tell(place());
    const again = await open(host, 'reuse');
    await again.tell({ type: 'ready' });
    expect(again.last('start')?.reuse).toBe('{"seed":7}');
  });
});
