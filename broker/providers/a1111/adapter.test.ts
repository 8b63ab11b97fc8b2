import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { startFakeHost } from '../fake-host.ts';
import { type Delivery, type InputImage, ProviderFault, type ProviderRequest } from '../provider.ts';
import { sampleImage } from '../sample-image.ts';
import { requestFor } from '../test-request.ts';
import { createA1111 } from './adapter.ts';
import { readRefusal } from './errors.ts';
import { type FakeA1111, startFakeA1111 } from './fake-server.ts';

const { signal } = new AbortController();
const timeouts = { submit: 5_000, ask: 2_000 };
const DRAW = '/sdapi/v1/txt2img';
const REDRAW = '/sdapi/v1/img2img';

let fake: FakeA1111;
beforeEach(async () => {
  fake = await startFakeA1111({ auth: 'me:secret' });
});
afterEach(() => fake.close());

function request(
  path = DRAW,
  settings: Partial<Settings> = {},
  changes: Partial<ProviderRequest> = {},
): ProviderRequest {
  return requestFor({ provider: 'a1111', path }, settings, changes);
}

async function delivered(asked: ProviderRequest, baseUrl = fake.url): Promise<Delivery> {
  const submission = await createA1111({ baseUrl, auth: 'me:secret', timeouts }).submit(asked, signal);
  if (submission.state !== 'succeeded') throw new Error('it has jobs');
  return submission;
}

async function picture(): Promise<InputImage> {
  const bytes = await sampleImage({ width: 64, height: 48 }).png().toBuffer();
  return { bytes, width: 64, height: 48, contentType: 'image/png' };
}

const encoded = ({ bytes }: InputImage) => Buffer.from(bytes).toString('base64');

describe('a submit', () => {
  test('sends what was asked for and leaves the rest to the server', async () => {
    await delivered(request());
    await delivered(request(DRAW, { negativePrompt: 'text', seed: 0, count: 3 }));
    expect(fake.taken.map(({ fields }) => fields)).toEqual([
      { prompt: 'a fox', width: 320, height: 256 },
      { prompt: 'a fox', negative_prompt: 'text', width: 320, height: 256, seed: 0, n_iter: 3 },
    ]);
  });

  test('gives every picture its own seed', async () => {
    const { outputs } = await delivered(request(DRAW, { count: 2, seed: 9 }));
    expect(outputs.map(({ seed }) => seed)).toEqual([9, 10]);
  });

  test('leaves the grid out that comes before the pictures', async () => {
    const withGrid = await startFakeA1111({ withGrid: true });
    const { outputs } = await delivered(request(DRAW, { count: 2 }), withGrid.url);
    expect(outputs).toHaveLength(2);
    const [first, second] = outputs.map((output) => ('bytes' in output ? output.bytes : null));
    expect(first).toEqual(second);
    await withGrid.close();
  });

  test('draws a picture over, with our mask as it is', async () => {
    const [reference, mask] = [await picture(), await picture()];
    await delivered(request(REDRAW, {}, { references: [reference] }));
    await delivered(request(REDRAW, {}, { references: [reference], mask }));
    const fields = { prompt: 'a fox', width: 320, height: 256, init_images: [encoded(reference)], resize_mode: 1 };
    expect(fake.taken).toEqual([
      { path: REDRAW, fields },
      { path: REDRAW, fields: { ...fields, mask: encoded(mask), inpainting_fill: 1, inpainting_mask_invert: 0 } },
    ]);
  });

  test('understands servers that say less about what they drew', async () => {
    const bytes = Buffer.from('picture').toString('base64');
    const answers = [
      { images: [bytes], info: '{"seed":7}' },
      { images: [`data:image/png;base64,${bytes}`], info: 'not JSON' },
      { images: [bytes] },
    ];
    const seeds: (number | null | undefined)[] = [];
    for (const answer of answers) {
      const other = await startFakeHost(async (_req, res) => res.end(JSON.stringify(answer)));
      const { outputs } = await delivered(request(), other.url);
      expect(outputs[0]).toMatchObject({ bytes: Buffer.from('picture') });
      seeds.push(outputs[0]?.seed);
      await other.close();
    }
    expect(seeds).toEqual([7, null, null]);
  });

  test.each<[why: string, make: () => Promise<ProviderRequest>, reason: string]>([
    ['to a path that is not known', async () => request('/sdapi/v1/extra-single-image'), 'model_gone'],
    ['without a size', async () => request(DRAW, {}, { size: null }), 'invalid_input'],
    [
      'with a picture where none is taken',
      async () => request(DRAW, {}, { references: [await picture()] }),
      'invalid_input',
    ],
    ['to be drawn over without a picture', async () => request(REDRAW), 'invalid_input'],
    [
      'to be drawn over with two pictures',
      async () => request(REDRAW, {}, { references: [await picture(), await picture()] }),
      'invalid_input',
    ],
  ])('nothing is sent %s', async (_why, make, reason) => {
    const fault = await delivered(await make()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ProviderFault);
    expect(fault).toMatchObject({ reason, outcomeUnknown: false });
    expect(fake.taken).toHaveLength(0);
  });
});

test('the words of an error go to the log', () => {
  expect(readRefusal({ status: 422, body: { detail: [{ loc: ['body', 'width'], msg: 'not an integer' }] } })).toEqual({
    reason: 'invalid_input',
    cause: '422 body.width: not an integer',
  });
  const body = { error: 'OutOfMemoryError', detail: '', errors: 'CUDA out of memory.' };
  expect(readRefusal({ status: 500, body })).toEqual({
    reason: 'provider_error',
    cause: '500 OutOfMemoryError CUDA out of memory.',
  });
});

test('every path of the catalogue is served', () => {
  const adapter = createA1111({ baseUrl: fake.url });
  const routes = builtInModels().flatMap((model) => model.routes.filter(({ provider }) => provider === 'a1111'));
  expect(routes).toMatchObject([{ path: DRAW, referencePath: REDRAW, maskPath: REDRAW }]);
  expect(adapter.serves(DRAW)).toEqual([]);
  expect(adapter.serves(REDRAW)).toEqual(['references', 'mask']);
  expect(adapter.serves('constructor')).toBeNull();
});

test('a check says whether the operator is let in', async () => {
  const known = createA1111({ baseUrl: fake.url, auth: 'me:secret', timeouts });
  expect(await known.check([DRAW], signal)).toEqual({ access: 'accepted', balance: null, unknownPaths: null });
  expect(await createA1111({ baseUrl: fake.url, timeouts }).check([], signal)).toMatchObject({ access: 'refused' });
  const nobody = createA1111({ baseUrl: 'http://127.0.0.1:1', timeouts });
  expect(await nobody.check([], signal)).toMatchObject({ access: 'unreachable' });
});
