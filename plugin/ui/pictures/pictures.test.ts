import { expect, test } from 'vitest';
import type { ToUi } from '../../../shared/bridge/to-ui.ts';
import { createCanvas } from '../canvas.ts';
import { createPictures } from './pictures.ts';

const layer = { name: 'Photo', bytes: new Uint8Array([0xff, 0xd8, 0xff]), x: 0, y: 0, width: 64, height: 48 };

function open(selected = [layer], exportSelection = async () => selected) {
  let serial = 0;
  return createPictures({
    broker: { addPicture: async () => ({ assetId: 'asset', width: 1, height: 1 }) },
    canvas: { exportSelection },
    objectUrls: { create: () => 'blob:picture', revoke: () => undefined },
    pixels: { measure: async () => ({ width: 64, height: 48 }), drawMask: async ({ bytes }) => bytes },
    randomId: () => String(serial++),
  });
}

test('a selection of more pictures than the model takes says that some were left out', async () => {
  const pictures = open([layer, layer, layer]);
  await pictures.addSelection(2);
  expect(pictures.given.value.references).toHaveLength(2);
  expect(pictures.notice.value).toBe('This model takes 2: the others were left out.');
});

test('a picture that the broker would not take is refused when it is chosen, in words', async () => {
  const pictures = open();
  await pictures.addFile(new File([new Uint8Array(21 * 1024 * 1024)], 'huge.png'), 4);
  expect(pictures.notice.value).toBe('“huge.png” is over 20 MB: take a smaller picture.');
  await pictures.addFile(new File(['GIF89a\u0001\u0000\u0001\u0000'], 'dance.gif'), 4);
  expect(pictures.notice.value).toBe('“dance.gif” is a GIF: take a PNG, JPEG or WebP picture.');
  expect(pictures.given.value.references).toEqual([]);
});

test('a mask from a selection that shows nothing says so', async () => {
  const pictures = open();
  await pictures.addSelection(1);
  const empty = open([]);
  await empty.maskFromSelection();
  expect(empty.notice.value).toBe('The selection has nothing that can be seen.');
  expect(pictures.notice.value).toBeNull();
});

test('a selection that is still being drawn is said to be, and a double click adds it once', async () => {
  let answer: (message: ToUi) => void = () => undefined;
  const canvas = createCanvas({
    post: () => undefined,
    on: (type, handler) => {
      if (type === 'exported') answer = handler as typeof answer;
    },
  });
  const pictures = open([], canvas.exportSelection as () => Promise<(typeof layer)[]>);
  const clicks = [pictures.addSelection(4), pictures.addSelection(4)];
  expect(pictures.reading.value).toBe(true);
  answer({ type: 'exported', pictures: [layer] });
  await Promise.all(clicks);
  expect(pictures.given.value.references).toHaveLength(1);
  expect(pictures.notice.value).toBeNull();
  expect(pictures.reading.value).toBe(false);
});
