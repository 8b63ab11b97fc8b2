import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { ProviderFault, type ProviderRequest } from '../provider.ts';
import { requestFor } from '../test-request.ts';
import { featuresOf, toInput } from './inputs.ts';

const size = { width: 1_024, height: 1_024 };

function request(path: string, settings: Partial<Settings> = {}, changes: Partial<ProviderRequest> = {}) {
  return requestFor({ provider: 'openai', path }, settings, { size, ...changes });
}

const routes = builtInModels().flatMap((model) =>
  model.routes.filter(({ provider }) => provider === 'openai').map(({ path }) => [path, model] as const),
);

test.each(routes)('%s takes every quality and the background that the catalogue offers', async (path, model) => {
  for (const quality of model.qualities) {
    const input = await toInput(request(path, { quality, count: 2 }));
    expect(input).toEqual({
      endpoint: 'generations',
      json: { model: path, prompt: 'a fox', n: 2, size: '1024x1024', quality, output_format: 'png' },
    });
  }
  expect(featuresOf(path)?.transparent).toBe(model.transparent);
});

test('a transparent background is asked for only when it is wanted', async () => {
  const input = await toInput(request('gpt-image-2.5-flare', { transparent: true }));
  expect(input).toMatchObject({ json: { background: 'transparent' } });
});

test.each<[why: string, request: ProviderRequest, reason: string]>([
  ['to a model that is not known', request('gpt-image-9'), 'model_gone'],
  ['to a name of JavaScript’s', request('constructor'), 'model_gone'],
  ['in a quality that the model has not', request('gpt-image-2', { quality: 'max' }), 'invalid_input'],
  ['for a transparent picture of a model without', request('gpt-image-2', { transparent: true }), 'invalid_input'],
  ['without a size', request('gpt-image-2', {}, { size: null }), 'invalid_input'],
  [
    'with a mask and no picture',
    request('gpt-image-2', {}, { mask: { ...size, bytes: new Uint8Array(), contentType: 'image/png' } }),
    'invalid_input',
  ],
])('nothing is sent %s', async (_why, asked, reason) => {
  const fault = await toInput(asked).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ProviderFault);
  expect(fault).toMatchObject({ reason, outcomeUnknown: false });
});
