import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { type Delivery, type InputImage, ProviderFault, type ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { createOpenAI } from './adapter.ts';
import { type FakeOpenAI, startFakeOpenAI } from './fake-server.ts';

const { signal } = new AbortController();
const size = { width: 1_024, height: 1_024 };

let fake: FakeOpenAI;
beforeEach(async () => {
  fake = await startFakeOpenAI({ key: 'secret' });
});
afterEach(() => fake.close());

function adapter(key = 'secret') {
  return createOpenAI({ key, baseUrl: `${fake.url}/v1`, timeouts: { submit: 5_000, ask: 2_000 } });
}

function request(settings: Partial<Settings> = {}, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  return requestFor({ provider: 'openai', path: 'gpt-image-2' }, settings, { size, ...changes });
}

async function delivered(asked: ProviderRequest): Promise<Delivery> {
  const submission = await adapter().submit(asked, signal);
  if (submission.state !== 'succeeded') throw new Error('it has jobs');
  return submission;
}

async function picture(contentType: InputImage['contentType']): Promise<InputImage> {
  const image = sampleImage({ width: 64, height: 48 });
  const bytes = await image.toFormat(contentType === 'image/png' ? 'png' : 'jpeg').toBuffer();
  return { bytes, width: 64, height: 48, contentType };
}

/** Its left half is painted. */
async function mask(): Promise<InputImage> {
  const white = { create: { width: 32, height: 48, channels: 3 as const, background: '#fff' } };
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#000' } })
    .composite([{ input: white, left: 0, top: 0 }])
    .png()
    .toBuffer();
  return { bytes, width: 64, height: 48, contentType: 'image/png' };
}

describe('a submit', () => {
  test('hands over the pictures and what they cost', async () => {
    const { outputs, cost } = await delivered(request({ count: 2, quality: 'medium' }));
    expect(outputs.map(({ seed }) => seed)).toEqual([null, null]);
    expect(fake.taken).toHaveLength(1);
    expect(cost).toEqual({ kind: 'tokens', textIn: 2, imageIn: 0, textOut: 0, imageOut: 3_512 });
  });

  test('with pictures sends them as files, in their order, to where pictures are edited', async () => {
    const references = [await picture('image/png'), await picture('image/jpeg')];
    const { cost } = await delivered(request({ quality: 'low' }, { references }));
    const [taken] = fake.taken;
    expect(taken?.path).toBe('/v1/images/edits');
    expect(taken?.fields).toEqual({
      model: 'gpt-image-2',
      prompt: 'a fox',
      n: '1',
      size: '1024x1024',
      quality: 'low',
      output_format: 'png',
    });
    expect(taken?.files.map(({ field, name, contentType }) => [field, name, contentType])).toEqual([
      ['image[]', '0.png', 'image/png'],
      ['image[]', '1.jpg', 'image/jpeg'],
    ]);
    expect(taken?.files.map(({ bytes }) => bytes)).toEqual(references.map(({ bytes }) => bytes));
    expect(cost).toMatchObject({ imageIn: 2_048 });
  });

  test('with a mask makes it transparent where it is to be painted', async () => {
    await delivered(request({}, { references: [await picture('image/png')], mask: await mask() }));
    const sent = fake.taken[0]?.files.find(({ field }) => field === 'mask');
    const { data } = await sharp(sent?.bytes).raw().toBuffer({ resolveWithObject: true });
    expect([data[3], data[63 * 4 + 3]]).toEqual([0, 255]);
  });

  test('under a key that is not let in is refused', async () => {
    const fault = await adapter('other')
      .submit(request(), signal)
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ProviderFault);
    expect(fault).toMatchObject({ reason: 'auth', outcomeUnknown: false });
  });

  test('may take minutes', () => {
    expect(createOpenAI({ key: 'k' }).submitDeadline).toBeGreaterThanOrEqual(200_000);
  });
});

test('no link of anybody’s is followed, except to the server that stands in its place', () => {
  expect(createOpenAI({ key: 'k' }).allowsHost('api.openai.com')).toBe(false);
  expect(adapter().allowsHost(fake.host)).toBe(true);
  expect(adapter().allowsHost('api.openai.com')).toBe(false);
});

test('only what is on the list is served, with what it can do', () => {
  expect(adapter().serves('gpt-image-2')).toEqual(['references', 'mask']);
  expect(adapter().serves('gpt-image-1.5')).toEqual(['references', 'mask', 'transparent']);
  expect(adapter().serves('gpt-4o')).toBeNull();
});

describe('a check', () => {
  test('names the models that OpenAI no longer lists', async () => {
    expect(await adapter().check(['gpt-image-2', 'gpt-image-3'], signal)).toEqual({
      access: 'accepted',
      balance: null,
      unknownPaths: ['gpt-image-3'],
    });
  });

  test('says that the key is refused, and that nobody answers', async () => {
    expect(await adapter('other').check([], signal)).toMatchObject({ access: 'refused' });
    const nobody = createOpenAI({ key: 'k', baseUrl: 'http://127.0.0.1:1' });
    expect(await nobody.check([], signal)).toMatchObject({ access: 'unreachable', unknownPaths: null });
  });
});
