import { expect, test } from 'vitest';
import { builtInModels, findModel } from '../../shared/catalogue/catalogue.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { nearestEqual } from './nearest-equal.ts';

const models = builtInModels();

function model(id: string, changes: Partial<Model> = {}): Model {
  const found = findModel(models, id);
  if (!found) throw new Error(`no model ${id}`);
  return { ...found, ...changes };
}

const nearest = (to: Model, ...others: Model[]) => nearestEqual(to, others, DEFAULT_TARIFF)?.id ?? null;

test('every model of the catalogue but the only one of its work has a nearest equal, of its own kind', () => {
  for (const one of models) {
    const found = nearestEqual(one, models, DEFAULT_TARIFF);
    if (found) expect([found.kind, found.operation], one.id).toEqual([one.kind, one.operation]);
    expect(found?.id).not.toBe(one.id);
  }
  expect(nearest(model('flux-2-pro'), model('veo-3-1'), model('bria-rmbg-2'))).toBeNull();
});

test('what goes in counts before what it is good at, and that before the price', () => {
  const down = model('flux-2-pro', { strengths: ['photorealism', 'text'], references: { min: 0, max: 8 } });
  const noPictures = model('qwen-image', {
    id: 'no-pictures',
    strengths: down.strengths,
    references: { min: 0, max: 0 },
  });
  const strong = model('flux-2-pro', { id: 'strong', strengths: ['photorealism'], price: model('flux-2-max').price });
  const cheap = model('flux-2-pro', { id: 'cheap', strengths: [] });
  expect(nearest(down, noPictures, cheap, strong)).toBe('strong');
  expect(nearest(down, noPictures, cheap)).toBe('cheap');
  expect(nearest(down, noPictures)).toBe('no-pictures');
});

test('a drawing of our own stands in for no other maker’s model', () => {
  expect(nearest(model('flux-2-pro'), model('sketch'), model('flux-2-max'))).toBe('flux-2-max');
});
