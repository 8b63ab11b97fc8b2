import sharp from 'sharp';
import { expect, test } from 'vitest';
import { lighterThan, opaque, shapedAs, sizedAs, withinBytes } from './fit-picture.ts';
import { pictureOf } from './test-request.ts';

const picture = await pictureOf({ width: 200, height: 100 });

async function seen(bytes: Uint8Array) {
  const { format, width, height, hasAlpha } = await sharp(bytes).metadata();
  return { format, width, height, hasAlpha };
}

test('a picture is made as large as the result shall be', async () => {
  const fitted = await sizedAs(picture, { width: 300, height: 320 });
  expect(fitted).toMatchObject({ width: 300, height: 320, contentType: 'image/png' });
  expect(await seen(fitted.bytes)).toEqual({ format: 'png', width: 300, height: 320, hasAlpha: false });
});

test('a picture takes a shape without being made larger', async () => {
  expect(await shapedAs(picture, { width: 1_280, height: 720 })).toMatchObject({ width: 178, height: 100 });
  expect(await shapedAs(picture, { width: 50, height: 50 })).toMatchObject({ width: 50, height: 50 });
});

test('a transparent picture is laid on white', async () => {
  const glass = await sharp({ create: { width: 90, height: 30, channels: 4, background: '#f000' } })
    .png()
    .toBuffer();
  const laid = await opaque({ bytes: glass, width: 90, height: 30, contentType: 'image/png' }, 45);
  expect(await seen(laid.bytes)).toEqual({ format: 'png', width: 45, height: 15, hasAlpha: false });
  expect([...(await sharp(laid.bytes).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
});

test('a picture that is too heavy is made lighter, and another stays as it is', async () => {
  expect(await lighterThan(picture, picture.bytes.length)).toBe(picture);
  const noise = await sharp({
    create: {
      width: 600,
      height: 400,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
      background: '#000',
    },
  })
    .png()
    .toBuffer();
  const heavy = { bytes: noise, width: 600, height: 400, contentType: 'image/png' } as const;
  const lighter = await lighterThan(heavy, 60_000);
  expect(lighter.bytes.length).toBeLessThanOrEqual(60_000);
  expect(lighter.contentType).toBe('image/jpeg');
  expect(lighter.width / lighter.height).toBeCloseTo(1.5, 1);
});

test('a picture of too many bytes becomes a JPEG of the same size, and any other is passed on as it is', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const size = { width: 300, height: 200 };
  const bytes = await sharp({ create: { ...size, channels: 3, background: '#888', noise } })
    .png()
    .toBuffer();
  const heavy = { bytes, contentType: 'image/png', ...size } as const;
  expect((await withinBytes(heavy, bytes.length)).bytes).toBe(bytes);
  const light = await withinBytes(heavy, 40_000);
  expect(light.bytes.length).toBeLessThanOrEqual(40_000);
  expect(light).toMatchObject({ contentType: 'image/jpeg', ...size });
  expect(await seen(light.bytes)).toMatchObject({ format: 'jpeg', ...size });
});
