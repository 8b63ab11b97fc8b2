import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sampleImage } from '../providers/sample-image.ts';
import { checkImage } from './check-image.ts';
import { figmaReady, thumbnail } from './normalise.ts';

test.each(['png', 'jpeg'] as const)('a %s that Figma can read is passed on byte for byte', async (format) => {
  const size = { width: 640, height: 480 };
  const bytes = await sampleImage(size).toFormat(format).toBuffer();
  const figma = await figmaReady(bytes, await checkImage(bytes, size));
  expect(figma.bytes).toBe(bytes);
  expect(figma).toMatchObject({ ...size, contentType: `image/${format}` });
});

test.each(['webp', 'avif'] as const)(
  'a %s becomes a JPEG of the same size, or a PNG where one sees through',
  async (format) => {
    const size = { width: 640, height: 480 };
    const opaque = await sampleImage(size).toFormat(format).toBuffer();
    const jpeg = await figmaReady(opaque, await checkImage(opaque, size));
    expect(jpeg).toMatchObject({ ...size, contentType: 'image/jpeg' });
    expect(await sharp(jpeg.bytes).metadata()).toMatchObject({ format: 'jpeg', ...size });
    const clear = await sampleImage(size, { opacity: 0.4 }).toFormat(format).toBuffer();
    const png = await figmaReady(clear, await checkImage(clear, size));
    expect(png.contentType).toBe('image/png');
    expect(await sharp(png.bytes).metadata()).toMatchObject({ format: 'png', hasAlpha: true, ...size });
  },
);

test('case 20: a picture over 4096 px is fitted into what Figma can place, in its own shape', async () => {
  const size = { width: 5_504, height: 3_072 };
  const bytes = await sampleImage(size).jpeg().toBuffer();
  const figma = await figmaReady(bytes, await checkImage(bytes, size));
  expect(figma).toMatchObject({ width: 4_096, height: 2_286, contentType: 'image/jpeg' });
  expect(await sharp(figma.bytes).metadata()).toMatchObject({ width: 4_096, height: 2_286 });
});

test('a picture in print colours or turned by EXIF becomes one that looks the same everywhere', async () => {
  const cmyk = await sampleImage({ width: 400, height: 400 }).toColourspace('cmyk').jpeg().toBuffer();
  const plain = await figmaReady(cmyk, await checkImage(cmyk, { width: 400, height: 400 }));
  expect(await sharp(plain.bytes).metadata()).toMatchObject({ space: 'srgb', width: 400 });
  const turned = await sampleImage({ width: 400, height: 800 }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const upright = await figmaReady(turned, await checkImage(turned, { width: 800, height: 400 }));
  expect(upright).toMatchObject({ width: 800, height: 400 });
});

test('a thumbnail is at most 256 px, a JPEG, or a PNG where one sees through', async () => {
  const size = { width: 1_024, height: 512 };
  const opaque = await sampleImage(size).png().toBuffer();
  const jpeg = await sharp(await thumbnail(await checkImage(opaque, size))).metadata();
  expect(jpeg).toMatchObject({ format: 'jpeg', width: 256, height: 128 });
  const clear = await sampleImage(size, { opacity: 0.4 }).png().toBuffer();
  const png = await sharp(await thumbnail(await checkImage(clear, size))).metadata();
  expect(png).toMatchObject({ format: 'png', width: 256, height: 128, hasAlpha: true });
});
