import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeVideo } from '../providers/encode-video.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { sampleVideo } from '../providers/sample-video.ts';
import { BadOutput } from './bad-output.ts';
import { checkVideo } from './check-video.ts';
import { postersOf } from './poster.ts';

const size = { width: 256, height: 192 };
const asked = { size, seconds: 2 };

let video: Uint8Array;
beforeAll(async () => {
  video = await sampleVideo(size, { seconds: 2 });
});

/** A video whose frames are each of one colour. */
function colours(...shades: readonly number[]): Promise<Uint8Array> {
  const frames = shades.map((shade) => new Uint8Array(size.width * size.height * 4).fill(shade));
  return encodeVideo({ ...size, framesPerSecond: 4 }, frames);
}

test('a whole video of the asked shape and length is accepted', async () => {
  const checked = await checkVideo(video, asked);
  expect(checked).toMatchObject({ ...size, rotation: 0 });
  expect(checked.seconds).toBeCloseTo(2, 1);
});

test('its poster is a frame of it', async () => {
  const { figma, thumbnail } = await postersOf(await checkVideo(video, asked));
  expect(await sharp(figma).metadata()).toMatchObject({ format: 'jpeg', ...size });
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', ...size });
  // Halfway it is at 0.8 of its brightness.
  const [frame, still] = await Promise.all([
    sharp(figma).raw().toBuffer(),
    sampleImage(size).linear(0.8, 0).raw().toBuffer(),
  ]);
  const off = still.reduce((sum, value, at) => sum + Math.abs(value - (frame[at] ?? 0)), 0) / still.length;
  expect(off).toBeLessThan(8);
});

test('a poster without a decoder is a picture of the right size that says that it plays', async () => {
  const { figma } = await postersOf({ ...size, seconds: 2, rotation: 0, poster: null });
  const { data, info } = await sharp(figma).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject(size);
  const middle = (size.width * (size.height / 2) + size.width / 2) * 3;
  expect(data[middle]).toBeGreaterThan(200);
});

test('a poster that a camera held sideways is upright', async () => {
  const poster = { ...size, data: new Uint8Array(size.width * size.height * 4).fill(200) };
  const { figma } = await postersOf({ width: 192, height: 256, seconds: 2, rotation: 90, poster });
  expect(await sharp(figma).metadata()).toMatchObject({ width: 192, height: 256 });
});

describe('what is refused', () => {
  test('a video that was cut off anywhere, although players would show it', async () => {
    for (const kept of [0.01, 0.2, 0.5, 0.9]) {
      const cut = video.subarray(0, Math.floor(video.length * kept));
      await expect(checkVideo(cut, asked), String(kept)).rejects.toThrow(BadOutput);
    }
    await expect(checkVideo(video.subarray(0, -3), asked)).rejects.toThrow('cut off within its mdat');
  });

  test('a video with an index but without its samples', async () => {
    const mdat = Buffer.from(video).indexOf('mdat') - 4;
    await expect(checkVideo(video.subarray(0, mdat), asked)).rejects.toThrow('no mdat');
  });

  test('a video with damage in its middle', async () => {
    const damaged = Uint8Array.from(video);
    const mdat = Buffer.from(video).indexOf('mdat') + 4;
    damaged.fill(0xff, mdat, mdat + 4_000);
    await expect(checkVideo(damaged, asked)).rejects.toThrow(BadOutput);
  });

  test('a video that does not say how it is to be decoded', async () => {
    const damaged = Buffer.from(video);
    damaged.write('free', damaged.indexOf('avcC'), 'latin1');
    await expect(checkVideo(damaged, asked)).rejects.toThrow(BadOutput);
  });

  test.each([
    ['a picture', () => sampleImage(size).png().toBuffer()],
    ['a page', async () => Buffer.from('<!doctype html><title>502 Bad Gateway</title>')],
    ['nothing', async () => new Uint8Array()],
  ])('%s', async (_what, make) => {
    await expect(checkVideo(await make(), asked)).rejects.toThrow(BadOutput);
  });

  test('the wrong shape, and less than was asked for', async () => {
    await expect(checkVideo(video, { size: { width: 192, height: 256 }, seconds: 2 })).rejects.toThrow('were asked');
    await expect(checkVideo(video, { size, seconds: 4 })).rejects.toThrow('lasts 2.00 s where 4');
  });

  test('one colour from start to end, but not a start in black', async () => {
    await expect(checkVideo(await colours(0, 0, 0, 0), { size, seconds: 1 })).rejects.toThrow('blank');
    const frames = await Promise.all([
      ...[0, 0, 0].map(async () => new Uint8Array(size.width * size.height * 4)),
      sampleImage(size).ensureAlpha().raw().toBuffer(),
      sampleImage(size).ensureAlpha().raw().toBuffer(),
    ]);
    const dawn = await encodeVideo({ ...size, framesPerSecond: 4 }, frames);
    expect(await checkVideo(dawn, { size, seconds: 1 })).toMatchObject(size);
  });
});

test('where the model chooses size and length, any will do', async () => {
  expect(await checkVideo(video, { size: null, seconds: undefined })).toMatchObject(size);
});
