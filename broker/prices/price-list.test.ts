import express from 'express';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { PriceList } from '../../shared/api/prices.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { formatCredits, formatUsd } from '../../shared/credits.ts';
import { loadCatalogue } from '../models/load-catalogue.ts';
import { createRoster } from '../models/roster.ts';
import { createProviders, type ProviderSettings } from '../providers/registry.ts';
import { createPriceList } from './price-list.ts';
import { pricesRouter } from './prices-router.ts';

const catalogue = await loadCatalogue(null, DEFAULT_TARIFF);

function listAt(
  now: string,
  settings: ProviderSettings = { sketch: true, hosted: { fal: { key: 'k' } } },
  changes = catalogue.changes,
) {
  const clock = () => Date.parse(now);
  const roster = createRoster({
    catalogue: catalogue.models,
    providers: createProviders(settings),
    health: { isUp: () => true, down: () => [] },
    clock,
  });
  return createPriceList({ ...catalogue, changes }, roster, clock);
}

async function read(list: () => PriceList): Promise<PriceList> {
  const app = express().use('/v1/prices', pricesRouter(list));
  return PriceList.parse((await request(app).get('/v1/prices').expect(200)).body);
}

const find = ({ models }: PriceList, id: string) => models.find((model) => model.id === id);

describe('GET /v1/prices', () => {
  test('has a date, the terms, every model and the changes', async () => {
    const list = await read(listAt('2026-11-24T12:00:00Z'));
    expect(list).toMatchObject({ asOf: '2026-11-24', creditUsd: 0.05, margin: 1.25, step: 0.1 });
    expect(list.models.length).toBeGreaterThanOrEqual(84);
    expect(list.changes.map(({ date }) => date)).toEqual(
      list.changes
        .map(({ date }) => date)
        .toSorted()
        .toReversed(),
    );
    expect(find(list, 'flux-2-pro')).toMatchObject({
      name: 'FLUX.2 [pro]',
      maker: 'Black Forest Labs',
      kind: 'image',
      price: { per: 'megapixel', rates: [{ usd: 0.03, extra: 0.015 }] },
      offered: true,
    });
  });

  test('is as of its last change that is not still to come', async () => {
    const coming = { date: '2027-02-01', what: 'Dearer.' };
    const list = await read(listAt('2026-12-01T12:00:00Z', undefined, [coming, ...catalogue.changes]));
    expect(list).toMatchObject({ asOf: '2026-11-26', changes: expect.arrayContaining([coming]) });
    expect(await read(listAt('2027-02-01T00:00:00Z', undefined, [coming]))).toMatchObject({ asOf: '2027-02-01' });
  });

  test('has each model at the price of the route that this broker uses, and says which it does not offer', async () => {
    const list = await read(listAt('2026-11-24T12:00:00Z'));
    const posters = find(list, 'nano-banana-pro')?.examples.at(-1);
    expect(posters).toEqual({ label: 'Picture, 4K', picoUsd: 300_000_000_000, price: 7_500 });
    expect(find(list, 'gpt-image-2-5-flare')).toMatchObject({ offered: false, price: { per: 'image' } });
  });

  test('has no model after its maker has shut it down', async () => {
    expect(find(await read(listAt('2026-11-30T12:00:00Z')), 'gpt-image-1-5')?.shutdown).toBe('2026-12-01');
    expect(find(await read(listAt('2026-12-01T00:00:00Z')), 'gpt-image-1-5')).toBeUndefined();
  });

  test('leaves out the built-in sketches where they are turned off', async () => {
    const list = await read(listAt('2026-11-24T12:00:00Z', { sketch: false, hosted: {} }));
    expect(list.models.map(({ maker }) => maker)).not.toContain('Inkpot');
    expect(list.models.every(({ offered }) => !offered)).toBe(true);
  });

  test('has a line for every row of a price and for what is added to it', async () => {
    const list = await read(listAt('2026-11-24T12:00:00Z'));
    const labels = (id: string) => find(list, id)?.examples.map(({ label }) => label);
    expect(labels('flux-2-klein-4b')).toEqual([
      'First megapixel',
      'Each further megapixel',
      '+ Reference picture, per megapixel',
    ]);
    expect(labels('seedream-5-pro')).toEqual([
      'Picture, up to 2.36 megapixels',
      'Larger picture',
      '+ Reference picture after the first',
    ]);
    expect(labels('kling-3-pro')).toEqual(['Second, pro, silent', 'Second, pro, with sound']);
    expect(labels('gpt-image-2-6-flare')?.[0]).toBe('Picture, low quality, about 200 tokens');
    expect(labels('pixverse-5-5')?.at(-1)).toBe('+ Sound');
  });
});

test('a small shop: 40 quick iterations, 15 product images and 5 posters', () => {
  const direct = listAt('2026-11-24T12:00:00Z', { sketch: false, hosted: {} })().example;
  expect(direct?.items.map(({ label, price }) => [label, formatCredits(price)])).toEqual([
    ['40 quick iterations on Seedream 5.0 Lite', '36 credits'],
    ['15 product images on FLUX.2 Pro at 1 megapixel', '12 credits'],
    ['5 posters on Nano Banana Pro at 4K', '30 credits'],
  ]);
  expect(direct && [formatCredits(direct.price), formatUsd(direct.price)]).toEqual(['78 credits', '$3.90']);
  const onFal = listAt('2026-11-24T12:00:00Z')().example;
  expect(onFal && [formatCredits(onFal.price), formatUsd(onFal.price)]).toEqual(['85.5 credits', '$4.275']);
});
