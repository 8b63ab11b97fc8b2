import sharp from 'sharp';
import { expect, test } from 'vitest';
import { createTestHost } from '../fixtures/test-host.ts';

async function picture(format: 'png' | 'jpeg' | 'gif' | 'webp', width: number, height: number): Promise<Uint8Array> {
  const image = sharp({ create: { width, height, channels: 3, background: '#336699' } });
  return new Uint8Array(await image.toFormat(format).toBuffer());
}

test.each(['png', 'jpeg', 'gif'] as const)('createImage reads the real size of a %s', async (format) => {
  const host = createTestHost();
  host.stored.set('picture', await picture(format, 37, 21));
  const [size, same] = await host.run(`
    const bytes = await figma.clientStorage.getAsync('picture');
    const image = figma.createImage(bytes);
    console.log(await image.getSizeAsync());
    const again = await figma.getImageByHash(image.hash).getBytesAsync();
    console.log(again.length === bytes.length && again[10] === bytes[10]);
  `);
  expect(size).toEqual({ width: 37, height: 21 });
  expect(same).toBe(true);
});

test('equal bytes have an equal hash, and the hash is the SHA-1 of the bytes', async () => {
  const host = createTestHost();
  const bytes = await picture('png', 8, 8);
  host.stored.set('picture', bytes);
  const [first, second] = await host.run(`
    const bytes = await figma.clientStorage.getAsync('picture');
    console.log(figma.createImage(bytes).hash);
    console.log(figma.createImage(bytes).hash);
  `);
  const digest = Buffer.from(await crypto.subtle.digest('SHA-1', bytes.slice())).toString('hex');
  expect([first, second]).toEqual([digest, digest]);
});

test('4096 px is the largest side that createImage takes', async () => {
  const host = createTestHost();
  host.stored.set('largest', await picture('png', 4096, 2));
  host.stored.set('larger', await picture('png', 2, 4097));
  const printed = await host.run(`
    console.log((await figma.createImage(await figma.clientStorage.getAsync('largest')).getSizeAsync()).width);
    figma.createImage(await figma.clientStorage.getAsync('larger'));
  `);
  expect(printed).toEqual([4096, 'in createImage: Image is too large']);
});

test('createImage throws for WebP and for what is no picture', async () => {
  const host = createTestHost();
  host.stored.set('webp', await picture('webp', 8, 8));
  const printed = await host.run(`
    const webp = await figma.clientStorage.getAsync('webp');
    for (const bytes of [webp, new Uint8Array([1, 2, 3]), 'text']) {
      try { figma.createImage(bytes) } catch (error) { console.log(error.message) }
    }
  `);
  expect(printed).toEqual([
    'in createImage: Image type is unsupported',
    'in createImage: Image type is unsupported',
    'in createImage: Expected "data" to have type Uint8Array but got string instead',
  ]);
});

test('createImageAsync fetches, and rejects what createImage would throw for', async () => {
  const good = await picture('jpeg', 12, 9);
  const host = createTestHost({
    fetch: async ({ url }) => ({
      url,
      status: 200,
      statusText: 'OK',
      ok: true,
      redirected: false,
      type: 'cors',
      headers: {},
      body: url.endsWith('good') ? good : new Uint8Array([0]),
    }),
  });
  const printed = await host.run(`
    console.log(await (await figma.createImageAsync('https://a.example/good')).getSizeAsync());
    await figma.createImageAsync('https://a.example/bad');
  `);
  expect(printed).toEqual([{ width: 12, height: 9 }, 'in createImageAsync: Image type is unsupported']);
});

const MP4 = 'new Uint8Array([0, 0, 0, 24, 102, 116, 121, 112, 105, 115, 111, 109, 0, 0, 0, 0])';

test('createVideoAsync takes MP4, MOV and WebM on a paid plan', async () => {
  const host = createTestHost();
  const printed = await host.run(`
    const mov = ${MP4}; mov.set([113, 116, 32, 32], 8);
    const webm = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (const bytes of [${MP4}, mov, webm]) console.log((await figma.createVideoAsync(bytes)).hash.length);
    await figma.createVideoAsync(new Uint8Array(12));
  `);
  expect(printed).toEqual([40, 40, 40, 'in createVideoAsync: Video type is unsupported']);
});

test('createVideoAsync rejects on the starter plan, and above 100 MB', async () => {
  const host = createTestHost();
  const onStarter = await host.run(`await figma.createVideoAsync(${MP4})`, { plan: 'starter' });
  expect(onStarter).toEqual([expect.stringContaining('only available on Education, Professional and Organization')]);
  expect(() => {
    const bytes = new Uint8Array(100 * 1024 * 1024 + 1);
    bytes.set([0x1a, 0x45, 0xdf, 0xa3]);
    host.editor.assets.addVideo(bytes);
  }).toThrow('Video is too large');
});
