import sharp from 'sharp';
import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import { dataUri } from '../data-uri.ts';
import { pictureOf, requestFor, unserved } from '../test-request.ts';
import { createRunway } from './adapter.ts';
import { toCall } from './inputs.ts';

const wide = { kind: 'pixels', width: 1_280, height: 720 } as const;
const size = { width: wide.width, height: wide.height };
const [picture, other] = await Promise.all([
  pictureOf({ width: 128, height: 72 }),
  pictureOf({ width: 100, height: 100 }),
]);

test('every route of the catalogue is served', () => {
  expect(unserved(builtInModels(), createRunway({ key: 'k' }))).toEqual([]);
});

test('a picture is asked for in its own fields and no others', async () => {
  const route = { provider: 'runway', path: 'gen4_image' } as const;
  const request = requestFor(route, { size: wide, seed: 7 }, { size });
  const body = { model: 'gen4_image', promptText: 'a fox', ratio: '1280:720' };
  expect(await toCall(request)).toEqual({ endpoint: '/v1/text_to_image', body: { ...body, seed: 7 } });
  const uris = [picture, other].map((image) => ({ uri: dataUri(image) }));
  expect(await toCall(requestFor(route, { size: wide }, { size, references: [picture, other] }))).toEqual({
    endpoint: '/v1/text_to_image',
    body: { ...body, referenceImages: uris },
  });
});

test('a video is asked for in its own fields, and begins with the picture in its shape', async () => {
  const route = { provider: 'runway', path: 'gen4_turbo' } as const;
  const request = requestFor(route, { prompt: '', size: wide, duration: 2 }, { size, references: [other] });
  const { endpoint, body } = await toCall(request);
  expect(endpoint).toBe('/v1/image_to_video');
  const promptImage = expect.stringMatching(/^data:image\/png;base64,/);
  expect(body).toEqual({ model: 'gen4_turbo', ratio: '1280:720', duration: 2, promptImage });
  const bytes = Buffer.from(String(body.promptImage).split(',')[1] ?? '', 'base64');
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 100, height: 56 });
});

test('a picture above 5 MB is made lighter', async () => {
  const bytes = await sharp({ create: { width: 1_600, height: 1_200, channels: 3, background: '#345' } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const heavy = { bytes, width: 1_600, height: 1_200, contentType: 'image/png' } as const;
  expect(bytes.length).toBeGreaterThan(5_000_000);
  const route = { provider: 'runway', path: 'gen4_image' } as const;
  const { body } = await toCall(requestFor(route, { size: wide }, { size, references: [heavy] }));
  const [{ uri }] = body.referenceImages as [{ uri: string }];
  expect(uri).toMatch(/^data:image\/jpeg/);
  expect(uri.length).toBeLessThanOrEqual(5_000_000);
});

test.each(['gen5', 'constructor'])('nothing is sent to %j, whose fields are not known', async (path) => {
  expect(createRunway({ key: 'k' }).serves(path)).toBeNull();
  await expect(toCall(requestFor({ provider: 'runway', path }))).rejects.toMatchObject({
    reason: 'model_gone',
    outcomeUnknown: false,
  });
});
