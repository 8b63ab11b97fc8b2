import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMessage } from '../../shared/bridge/message.ts';
import type { ToMain } from '../../shared/bridge/to-main.ts';
import { ToUi } from '../../shared/bridge/to-ui.ts';
import { buildPlugin } from '../build/build-plugin.ts';
import { createTestHost, type TestHost } from '../playground/fixtures/test-host.ts';

// What leaves the canvas as pictures, and videos that come to it: the built file in QuickJS.

/** As much of an MP4 as Figma sniffs. */
const MP4 = new Uint8Array(Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1'));

let folder: string;
let main: string;
let png: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-main-'));
  await buildPlugin({ brokerUrl: 'http://localhost:8787', outDir: folder, minify: true });
  main = await readFile(join(folder, 'dist/plugin/main.js'), 'utf8');
  const picture = sharp({ create: { width: 64, height: 32, channels: 3, background: '#7a61ff' } });
  png = new Uint8Array(await picture.png().toBuffer());
});
afterAll(() => rm(folder, { recursive: true }));

async function open(host: TestHost, plan: 'professional' | 'starter' = 'professional') {
  await host.start(main, { html: '<p>panel</p>', plan });
  while (host.windows.length === 0) await host.settle();
  const window = host.windows.at(-1);
  return {
    async tell(message: ToMain): Promise<void> {
      window?.events.onMessage(message, 'null');
      for (let turn = 0; turn < 12; turn++) await host.settle();
    },
    last<Type extends ToUi['type']>(type: Type) {
      const heard = (window?.posted ?? []).map(({ message }) => parseMessage(ToUi, message));
      return heard.findLast((message): message is Extract<ToUi, { type: Type }> => message?.type === type);
    },
  };
}

const fills = async (host: TestHost) =>
  (
    await host.run('console.log(figma.currentPage.children.map((node) => node.fills.map(({ type }) => type).join()));')
  )[0];

describe('the selection as pictures', () => {
  /** A host that remembers how it was asked to draw. */
  function createDrawing(constraints: unknown[]): TestHost {
    return createTestHost({
      renderNode: async (_editor, _id, { constraint }) => {
        constraints.push(constraint.value);
        return png;
      },
    });
  }
  const picture = (width: number, height: number) => `const node = figma.createRectangle();
    node.name = 'Photo'; node.x = 10; node.y = 20; node.resize(${width}, ${height});
    const { hash } = figma.createImage(new Uint8Array([${png.join()}]));
    node.fills = [{ type: 'IMAGE', imageHash: hash, scaleMode: 'FILL' }];
    figma.currentPage.selection = [node];`;

  test('is the picture itself where a layer shows all of one, with where it is', async () => {
    const constraints: unknown[] = [];
    const host = createDrawing(constraints);
    await host.run(picture(640, 320));
    const { tell, last } = await open(host);
    await tell({ type: 'draw-selection' });
    const area = { x: 10, y: 20, width: 640, height: 320 };
    expect(last('exported')?.pictures).toEqual([{ name: 'Photo', bytes: png, ...area }]);
    expect(constraints).toEqual([]);
  });

  test('is drawn where a layer crops its picture, twice as large but within 4096 px', async () => {
    const constraints: unknown[] = [];
    const host = createDrawing(constraints);
    await host.run(picture(100, 100));
    const { tell, last } = await open(host);
    await tell({ type: 'draw-selection' });
    expect(last('exported')?.pictures).toHaveLength(1);
    await host.run('figma.currentPage.selection[0].resize(8192, 100)');
    await (await open(host)).tell({ type: 'draw-selection' });
    expect(constraints).toEqual([2, 0.5]);
  });

  test('is nothing where nothing is selected', async () => {
    const { tell, last } = await open(createTestHost());
    await tell({ type: 'draw-selection' });
    expect(last('exported')).toEqual({ type: 'exported', pictures: [] });
  });
});

describe('a video', () => {
  const size = { width: 64, height: 32 };
  const reserve: ToMain = {
    type: 'reserve',
    entry: { ticket: 't1', documentId: 'doc', order: '{}' },
    prompt: 'waves',
    pictures: [size],
    targetId: null,
  };
  const words = { prompt: 'waves', relaunch: 'waves', receipt: '{}' };
  const place = (): ToMain => ({ type: 'place', ticket: 't1', index: 0, bytes: png, video: MP4, ...size, ...words });

  test('plays in its frame where the team may have videos', async () => {
    const host = createTestHost();
    const { tell, last } = await open(host);
    await tell(reserve);
    await tell(place());
    expect(last('placed')).toMatchObject({ outcome: 'placed', message: null });
    expect(await fills(host)).toEqual(['VIDEO']);
  });

  test('is a still picture elsewhere, and the panel is told why', async () => {
    const host = createTestHost();
    const { tell, last } = await open(host, 'starter');
    await tell(reserve);
    await tell(place());
    expect(last('placed')).toMatchObject({ outcome: 'placed', message: expect.stringContaining('no video') });
    expect(await fills(host)).toEqual(['IMAGE']);
  });
});
