import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { ProviderRequest } from '../provider.ts';
import { faultOf, pictureOf, requestFor, unserved } from '../test-request.ts';
import { createBfl } from './adapter.ts';
import { toInput } from './inputs.ts';

const picture = await pictureOf({ width: 64, height: 64 });
const other = await pictureOf({ width: 32, height: 64 });
const [first, second] = [picture, other].map(({ bytes }) => Buffer.from(bytes).toString('base64'));

const PIXELS = { size: { kind: 'pixels', width: 320, height: 256 } } as const;
const RATIO = { size: { kind: 'ratio', ratio: '16:9', tier: 'standard' } } as const;
const FILL = { size: { kind: 'auto' } } as const;

test('every route of the catalogue is served', () => {
  expect(unserved(builtInModels(), createBfl({ key: 'k' }))).toEqual([]);
});

test.each<[path: string, settings: Partial<Settings>, changes: Partial<ProviderRequest>, input: object]>([
  ['/v1/flux-2-pro', { ...PIXELS, seed: 0 }, {}, { width: 320, height: 256, seed: 0 }],
  ['/v1/flux-2-max', PIXELS, {}, { width: 320, height: 256 }],
  ['/v1/flux-2-flex', PIXELS, { references: [picture] }, { width: 320, height: 256, input_image: first }],
  [
    '/v1/flux-2-klein-9b',
    PIXELS,
    { references: [picture, other] },
    { width: 320, height: 256, input_image: first, input_image_2: second },
  ],
  ['/v1/flux-2-klein-4b', PIXELS, {}, { width: 320, height: 256 }],
  [
    '/v1/flux-kontext-pro',
    { ...RATIO, seed: 7 },
    { references: [picture, other] },
    { aspect_ratio: '16:9', seed: 7, input_image: first, input_image_2: second },
  ],
  ['/v1/flux-kontext-max', RATIO, {}, { aspect_ratio: '16:9' }],
  ['/v1/flux-pro-1.1-ultra', RATIO, { references: [picture] }, { aspect_ratio: '16:9', image_prompt: first }],
  ['/v1/flux-pro-1.1', PIXELS, {}, { width: 320, height: 256 }],
  ['/v1/flux-pro-1.0-fill', FILL, { references: [picture], mask: other, size: null }, { image: first, mask: second }],
])('%s is sent its own fields and no others', (path, settings, changes, input) => {
  const request = requestFor({ provider: 'bfl', path }, settings, changes);
  expect(toInput(request)).toEqual({ prompt: 'a fox', output_format: 'png', ...input });
});

test.each(['/v1/flux-4', 'constructor'])('nothing is sent to %j, whose fields are not known', async (path) => {
  const bfl = createBfl({ key: 'k', baseUrl: 'http://127.0.0.1:1' });
  expect(bfl.serves(path)).toBeNull();
  const submit = bfl.submit(requestFor({ provider: 'bfl', path }), AbortSignal.timeout(1_000));
  expect(await faultOf(submit)).toMatchObject({ reason: 'model_gone', outcomeUnknown: false });
});
