import sharp from 'sharp';
import { expect, test } from 'vitest';
import { holedMask } from './holed-mask.ts';

test('what is painted is white and transparent, what is kept is black and opaque', async () => {
  const bytes = await sharp(Buffer.from([255, 0]), { raw: { width: 2, height: 1, channels: 1 } })
    .png()
    .toBuffer();
  const mask = await holedMask({ bytes, width: 2, height: 1, contentType: 'image/png' });
  const { data, info } = await sharp(mask.bytes).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(4);
  expect([...data]).toEqual([255, 255, 255, 0, 0, 0, 0, 255]);
});
