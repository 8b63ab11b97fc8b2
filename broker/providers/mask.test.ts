import sharp from 'sharp';
import { expect, test } from 'vitest';
import { alphaMask, binaryMask, blackMask } from './mask.ts';
import type { InputImage } from './provider.ts';

/** Three pixels: white is painted, black is kept, grey is half painted. */
async function mask(): Promise<InputImage> {
  const [width, height] = [3, 1];
  const bytes = await sharp(Buffer.from([255, 255, 255, 0, 0, 0, 128, 128, 128]), {
    raw: { width, height, channels: 3 },
  })
    .png()
    .toBuffer();
  return { bytes, width, height, contentType: 'image/png' };
}

test('where a mask is white, the alpha mask is transparent, and opaque where it is black', async () => {
  const { data, info } = await sharp(await alphaMask(await mask()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 3, height: 1, channels: 4 });
  expect([data[3], data[7], data[11]]).toEqual([0, 255, 127]);
});

test('where a mask is white, the black mask is black', async () => {
  const { data, info } = await sharp(await blackMask(await mask()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([0, 1, 2].map((pixel) => data[pixel * info.channels])).toEqual([0, 255, 127]);
});

test('a mask in colour or with an alpha channel is read by its lightness', async () => {
  const bytes = await sharp({ create: { width: 2, height: 2, channels: 4, background: '#fff' } })
    .png()
    .toBuffer();
  const white: InputImage = { bytes, width: 2, height: 2, contentType: 'image/png' };
  expect(
    (
      await sharp(await alphaMask(white))
        .raw()
        .toBuffer()
    )[3],
  ).toBe(0);
});

test('a binary mask is white where the mask is, has no grey and one channel, and goes with a picture of any size', async () => {
  const { bytes, ...made } = await binaryMask(await mask(), { width: 3, height: 1 });
  expect(made).toEqual({ contentType: 'image/png', width: 3, height: 1 });
  expect((await sharp(bytes).metadata()).channels).toBe(1);
  expect([...(await sharp(bytes).toColourspace('b-w').raw().toBuffer())]).toEqual([255, 0, 255]);
  expect(await sharp((await binaryMask(await mask(), { width: 6, height: 4 })).bytes).metadata()).toMatchObject({
    width: 6,
    height: 4,
  });
});
