import { afterEach, beforeEach, expect, test } from 'vitest';
import { endOf, pictureOf, requestFor } from '../test-request.ts';
import { createFal } from './adapter.ts';
import { type FakeFal, startFakeFal } from './fake-server.ts';
import { createPrices } from './prices.ts';
import { falRequest } from './test-input.ts';

const { signal } = new AbortController();

let fake: FakeFal;
beforeEach(async () => {
  fake = await startFakeFal();
});
afterEach(() => fake.close());

test('what fal bills is its units at its price', async () => {
  const request = requestFor({ provider: 'fal', path: 'fal-ai/qwen-image' }, { count: 2 });
  expect(await endOf(createFal({ key: 'test-key', baseUrl: fake.url }), request)).toMatchObject({
    state: 'succeeded',
    cost: { kind: 'units', units: 0.16, usdPerUnit: 0.025 },
  });
});

test('a video is handed over, and the one picture of a utility', async () => {
  const fal = createFal({ key: 'test-key', baseUrl: fake.url });
  const filmed = await endOf(fal, falRequest('kling-3-pro', { duration: 5 }));
  expect(filmed).toMatchObject({ outputs: [{ url: expect.stringMatching(/\.mp4$/) }] });
  const references = [await pictureOf({ width: 64, height: 48 })];
  const cut = await endOf(fal, falRequest('bria-rmbg-2', { prompt: '' }, { references }));
  expect(cut).toMatchObject({ outputs: [{ url: expect.stringMatching(/\.png$/) }] });
});

const prices = (usd: number, currency = 'USD') => ({
  status: 200,
  headers: {},
  body: { prices: [{ endpoint_id: 'a/b', unit_price: usd, unit: 'images', currency }] },
});

test('a price is asked for once an hour', async () => {
  let now = 0;
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return prices(asked);
  };
  const { costOf } = createPrices(ask, 'https://api.example', () => now);
  const cost = () => costOf('a/b', { 'x-fal-billable-units': '2.5' }, signal);
  expect(await cost()).toEqual({ kind: 'units', units: 2.5, usdPerUnit: 1 });
  now += 60 * 60_000 - 1;
  expect(await cost()).toMatchObject({ usdPerUnit: 1 });
  now += 1;
  expect(await cost()).toMatchObject({ usdPerUnit: 2 });
});

test.each<
  [what: string, headers: Record<string, string>, path: string, answer: () => Promise<ReturnType<typeof prices>>]
>([
  ['fal names no units', {}, 'a/b', async () => prices(1)],
  ['the units are no number', { 'x-fal-billable-units': 'many' }, 'a/b', async () => prices(1)],
  ['another endpoint is priced', { 'x-fal-billable-units': '1' }, 'a/c', async () => prices(1)],
  ['the price is in another money', { 'x-fal-billable-units': '1' }, 'a/b', async () => prices(1, 'EUR')],
  ['the price cannot be read', { 'x-fal-billable-units': '1' }, 'a/b', async () => ({ ...prices(1), status: 500 })],
  ['nobody answers', { 'x-fal-billable-units': '1' }, 'a/b', () => Promise.reject(new Error('away'))],
])('no cost is reported where %s', async (_what, headers, path, answer) => {
  const { costOf } = createPrices(answer, 'https://api.example', () => 0);
  expect(await costOf(path, headers, signal)).toBeUndefined();
});
