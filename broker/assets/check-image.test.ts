import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sampleImage } from '../providers/sample-image.ts';
import { BadOutput } from './bad-output.ts';
import { checkImage } from './check-image.ts';

const square = { width: 640, height: 640 };

test.each(['png', 'jpeg', 'webp', 'avif'] as const)('a whole %s of the asked size is accepted', async (format) => {
  const bytes = await sampleImage(square).toFormat(format).toBuffer();
  expect(await checkImage(bytes, square)).toMatchObject({ format, ...square, hasAlpha: false, isUnusual: false });
});

test.each([
  ['gif', () => sampleImage(square).gif().toBuffer()],
  ['svg', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640"/>')],
  ['HTML page', async () => Buffer.from('<!doctype html><title>502 Bad Gateway</title>')],
  ['nothing', async () => Buffer.alloc(0)],
])('%s is refused, whatever its name says', async (_what, make) => {
  await expect(checkImage(await make(), square)).rejects.toThrow(BadOutput);
});

test.each(['png', 'jpeg', 'webp', 'avif'] as const)('a %s that was cut off anywhere is refused', async (format) => {
  const bytes = await sampleImage(square).toFormat(format).toBuffer();
  for (const kept of [0.2, 0.5, 0.9]) {
    const cut = bytes.subarray(0, Math.floor(bytes.length * kept));
    await expect(checkImage(cut, square)).rejects.toThrow(BadOutput);
  }
  await expect(checkImage(bytes.subarray(0, -6), square)).rejects.toThrow(BadOutput);
});

test('a png with damage in its middle is refused', async () => {
  const bytes = await sampleImage(square).png().toBuffer();
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0, middle, middle + 40);
  await expect(checkImage(bytes, square)).rejects.toThrow('cannot be decoded');
});

test.each([
  ['of the other orientation', { width: 640, height: 360 }, { width: 360, height: 640 }],
  ['half as high', { width: 640, height: 320 }, square],
  ['much smaller', { width: 320, height: 320 }, square],
])('a picture %s is refused', async (_what, size, asked) => {
  const bytes = await sampleImage(size).png().toBuffer();
  await expect(checkImage(bytes, asked)).rejects.toThrow('were asked');
});

test('a model may round the sides, or have a nearest size of its own', async () => {
  const bytes = await sampleImage({ width: 1_344, height: 768 }).png().toBuffer();
  expect(await checkImage(bytes, { width: 1_368, height: 768 })).toMatchObject({ width: 1_344, height: 768 });
});

test.each(['#000000', '#ffffff', '#8a8a8a'])('a picture that is %s all over is refused', async (background) => {
  const blank = sharp({ create: { ...square, channels: 3, background } });
  await expect(checkImage(await blank.png().toBuffer(), square)).rejects.toThrow('blank');
  await expect(checkImage(await blank.jpeg().toBuffer(), square)).rejects.toThrow('blank');
});

test('an invisible picture is refused, and a grey one is not', async () => {
  const clear = sharp({ create: { ...square, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
  await expect(checkImage(await clear.png().toBuffer(), square)).rejects.toThrow('blank');
  // As a tool leaves it that has taken everything for background; this small, it is looked at pixel by pixel.
  const small = { width: 128, height: 128 };
  const hidden = await sampleImage(small).ensureAlpha(0).png().toBuffer();
  await expect(checkImage(hidden, small)).rejects.toThrow('blank');
  const grey = await sampleImage(square).greyscale().png().toBuffer();
  expect((await checkImage(grey, square)).preview).toMatchObject({ width: 256, height: 256, channels: 3 });
});

test('a picture turned by its EXIF orientation counts as what one sees', async () => {
  const bytes = await sampleImage({ width: 400, height: 800 }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  expect(await checkImage(bytes, { width: 800, height: 400 })).toMatchObject({
    width: 800,
    height: 400,
    isUnusual: true,
    preview: { width: 256, height: 128 },
  });
});

test('a small file that claims to be enormous is refused before it is unpacked', async () => {
  const bomb = await sharp({
    create: { width: 9_000, height: 9_000, channels: 3, background: '#123456' },
    limitInputPixels: false,
  })
    .png()
    .toBuffer();
  expect(bomb.length).toBeLessThan(2_000_000);
  await expect(checkImage(bomb, { width: 1_024, height: 1_024 })).rejects.toThrow(BadOutput);
});
