import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readImageHeader } from './read-image-header.ts';

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#7a61ff' } });

test('the format and the size are read from real files', async () => {
  expect(readImageHeader(await picture(300, 20).png().toBuffer())).toEqual({ format: 'png', width: 300, height: 20 });
  expect(readImageHeader(await picture(30, 200).gif().toBuffer())).toEqual({ format: 'gif', width: 30, height: 200 });
  expect(readImageHeader(await picture(41, 42).jpeg().toBuffer())).toEqual({ format: 'jpeg', width: 41, height: 42 });
  const progressive = picture(5000, 10).withMetadata({ density: 300 }).jpeg({ progressive: true });
  expect(readImageHeader(await progressive.toBuffer())).toEqual({ format: 'jpeg', width: 5000, height: 10 });
});

test('what Figma cannot place is nothing', async () => {
  expect(readImageHeader(await picture(8, 8).webp().toBuffer())).toBeNull();
  expect(readImageHeader(new Uint8Array())).toBeNull();
  expect(readImageHeader(new TextEncoder().encode('<!doctype html>'))).toBeNull();
});

test('a file that is cut off within its header is nothing', async () => {
  for (const file of [picture(8, 8).png(), picture(8, 8).jpeg(), picture(8, 8).gif()]) {
    const bytes = await file.toBuffer();
    for (let length = 0; length < 10; length++) expect(readImageHeader(bytes.subarray(0, length))).toBeNull();
  }
});
