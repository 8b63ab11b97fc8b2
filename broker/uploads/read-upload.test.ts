import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sampleImage } from '../providers/sample-image.ts';
import { readUpload } from './read-upload.ts';

const size = { width: 320, height: 256 };
const unreadable = expect.objectContaining({ code: 'unreadable_picture' });

test.each(['png', 'jpeg', 'webp'] as const)('a %s becomes a PNG or JPEG of the same size', async (format) => {
  const read = await readUpload(await sampleImage(size).toFormat(format).toBuffer());
  expect(read).toMatchObject({ ...size, contentType: format === 'png' ? 'image/png' : 'image/jpeg' });
  expect(await sharp(read.bytes).metadata()).toMatchObject({ ...size, space: 'srgb' });
});

test('what one sees through stays so', async () => {
  const read = await readUpload(await sampleImage(size, { opacity: 0.4 }).webp().toBuffer());
  expect(read.contentType).toBe('image/png');
  expect(await sharp(read.bytes).metadata()).toMatchObject({ hasAlpha: true });
});

test('a photo is turned upright, and what the camera wrote about its owner is left out', async () => {
  const photo = await sampleImage(size)
    .withMetadata({ orientation: 6, exif: { IFD3: { GPSLatitude: '48/1 8/1 0/1' } } })
    .jpeg()
    .toBuffer();
  const read = await readUpload(photo);
  expect(read).toMatchObject({ width: 256, height: 320 });
  const { exif, orientation } = await sharp(read.bytes).metadata();
  expect([exif, orientation]).toEqual([undefined, undefined]);
});

test('print colours and greys become sRGB', async () => {
  for (const space of ['cmyk', 'b-w'] as const) {
    const read = await readUpload(await sampleImage(size).toColourspace(space).jpeg().toBuffer());
    expect(await sharp(read.bytes).metadata(), space).toMatchObject({ space: 'srgb', channels: 3 });
  }
});

test('a picture over 4096 px is made smaller, in its own shape', async () => {
  const read = await readUpload(await sampleImage({ width: 5_000, height: 1_250 }).jpeg().toBuffer());
  expect(read).toMatchObject({ width: 4_096, height: 1_024 });
});

test('what is no such picture, is damaged, or claims to be enormous is refused', async () => {
  const png = await sampleImage(size).png().toBuffer();
  const bomb = await sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  for (const bytes of [png.subarray(0, png.length / 2), svg, Buffer.from('GIF89a'), bomb]) {
    await expect(readUpload(bytes)).rejects.toEqual(unreadable);
  }
});

test.each(['png', 'jpeg'] as const)(
  'a large %s that comes in passes is refused in words: a few kB of it would take gigabytes of memory',
  async (format) => {
    const saved = (progressive: boolean) =>
      sharp({ create: { width: 4_100, height: 4_100, channels: 3, background: '#a4c' } })
        .toFormat(format, { progressive })
        .toBuffer();
    const refused = { code: 'unreadable_picture', message: expect.stringContaining('progressive or interlaced') };
    await expect(readUpload(await saved(true))).rejects.toMatchObject(refused);
    expect(await readUpload(await saved(false))).toMatchObject({ width: 4_096, height: 4_096 });
  },
);
