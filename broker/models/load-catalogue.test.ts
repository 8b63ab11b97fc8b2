import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInModels, findModel } from '../../shared/catalogue/catalogue.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { loadCatalogue } from './load-catalogue.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-catalogue-'));
  file = join(folder, 'catalogue.json');
});
afterAll(() => rm(folder, { recursive: true }));

async function load(content: unknown) {
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadCatalogue(file, DEFAULT_TARIFF);
}

const own = {
  id: 'house-style',
  name: 'House Style',
  maker: 'Our studio',
  kind: 'image',
  strengths: ['our own look'],
  price: { per: 'image', rates: [{ usd: 0.01 }] },
  sizing: { kind: 'auto' },
  licence: { commercial: 'yes', by: 'our studio', text: 'Ours.' },
  watermark: 'None.',
  routes: [{ provider: 'comfyui', path: '/prompt' }],
  priceSource: 'our own',
};

describe('an operator’s file', () => {
  test('is not needed', async () => {
    const { models, tariff, changes } = await loadCatalogue(null, DEFAULT_TARIFF);
    expect(models).toEqual(builtInModels());
    expect(tariff).toEqual(DEFAULT_TARIFF);
    expect(changes.length).toBeGreaterThan(0);
  });

  test('adds, changes and removes models, and leaves the rest alone', async () => {
    const { models } = await load({
      models: [own, { id: 'flux-2-pro', price: { per: 'image', rates: [{ usd: 0.1 }] } }],
      remove: ['seedream-4', 'sketch'],
    });
    expect(models).toHaveLength(builtInModels().length - 1);
    expect(findModel(models, 'house-style')).toMatchObject({ name: 'House Style', maxCount: 1, seed: false });
    expect(findModel(models, 'seedream-4')).toBeUndefined();
    const changed = findModel(models, 'flux-2-pro');
    expect(changed?.price).toEqual({ per: 'image', rates: [{ usd: 0.1 }] });
    expect(changed?.sizing).toEqual(findModel(builtInModels(), 'flux-2-pro')?.sizing);
    const ids = models.map(({ id }) => id);
    expect(ids.indexOf('flux-2-max'), 'its place is kept').toBe(ids.indexOf('flux-2-pro') + 1);
  });

  test('sets the margin and the step in credits, and adds to the change log', async () => {
    const { tariff, changes } = await load({
      margin: 1.4,
      step: 0.5,
      changes: [{ date: '2027-01-02', what: 'Dearer.' }],
    });
    expect(tariff).toEqual({ margin: 1.4, stepMillicredits: 500 });
    expect(changes[0]).toEqual({ date: '2027-01-02', what: 'Dearer.' });
    expect((await load({ step: 0.001 })).tariff).toEqual({ margin: 1.25, stepMillicredits: 1 });
  });

  test('with faults is refused, with the path of each fault in one message', async () => {
    const bad = load({
      margin: 0.5,
      models: [
        { ...own, price: { per: 'image', rates: [{ tier: '4K', usd: 0.01 }] } },
        { id: 'flux-2-pro', maxCount: 0, colour: 'red' },
        { id: 'another' },
      ],
      remove: ['no-such-model'],
    });
    await expect(bad).rejects.toThrow('The catalogue is not valid:');
    for (const path of [
      'margin: ',
      'remove.0: there is no model "no-such-model"',
      'models.0.price.rates',
      'models.0.price.rates.0.tier',
      'models.1.maxCount',
      'models.1: ',
      'models.2.name',
      'models.2.price',
    ]) {
      await expect(bad).rejects.toThrow(`\n  ${path}`);
    }
  });

  test('has all its faults named though some of its ids cannot be read', async () => {
    const bad = load({ models: [{ id: 7 }, 'own', { ...own, maxCount: 0 }], remove: [3, 'no-such-model'] });
    for (const path of ['models.0.id', 'models.1', 'models.2.maxCount', 'remove.0', 'remove.1: there is no model']) {
      await expect(bad).rejects.toThrow(`\n  ${path}`);
    }
  });

  test.each<[what: string, content: unknown, path: RegExp]>([
    ['a margin below the cost', { margin: 0.9 }, /\n {2}margin: /],
    ['a margin finer than thousandths', { margin: 1.23456 }, /\n {2}margin: write at most three decimals/],
    ['a step that is none', { step: 0 }, /\n {2}step: /],
    ['a step finer than a millicredit', { step: 0.0005 }, /\n {2}step: /],
    ['a word that it does not know', { modls: [] }, /"modls"/],
    ['a model without an id', { models: [{ name: 'x' }] }, /\n {2}models\.0\.id: /],
    ['a change without a day', { changes: [{ date: 'today', what: 'x' }] }, /\n {2}changes\.0\.date: /],
    [
      'a change on a day that there is not',
      { changes: [{ date: '2027-02-29', what: 'x' }] },
      /\n {2}changes\.0\.date: /,
    ],
    ['the same model twice', { models: [{ id: 'sketch' }, { id: 'sketch' }] }, /models\.1/],
    ['no JSON', '{ models: ', /INKPOT_CATALOGUE: .*catalogue\.json is not JSON/],
  ])('%s stops the start', async (_what, content, path) => {
    await expect(load(content)).rejects.toThrow(path);
  });

  test('that is not there stops the start', async () => {
    await expect(loadCatalogue(join(folder, 'none.json'), DEFAULT_TARIFF)).rejects.toThrow(
      /INKPOT_CATALOGUE: .*none\.json cannot be read: .*ENOENT/,
    );
  });
});
