import { describe, expect, test } from 'vitest';
import { DEFAULT_TARIFF } from '../../../shared/catalogue/tariff.ts';
import { FAKE_MODELS } from '../../fake-broker/models.ts';
import { createCatalogue } from './catalogue.ts';
import { nearestModel } from './missing-model.ts';

function open() {
  return createCatalogue({ broker: { models: async () => ({ models: FAKE_MODELS, tariff: DEFAULT_TARIFF }) } });
}

const gone = { id: 'lumen-1', name: 'Lumen 1', kind: 'image' } as const;

describe('a model that is asked for and is no longer offered', () => {
  test('leaves the picked one picked, and says so with the nearest of its family as an offer', async () => {
    const catalogue = open();
    catalogue.modelId.value = 'glyph-pro';
    await catalogue.load();
    expect(catalogue.missing.value).toBeNull();
    catalogue.want(gone);
    expect(catalogue.model.value?.id).toBe('glyph-pro');
    expect(catalogue.missing.value).toMatchObject({
      words: 'Lumen 1 is no longer offered. Glyph Pro stays picked.',
      nearest: { id: 'lumen-2' },
    });
    catalogue.pick('lumen-2');
    expect(catalogue.missing.value).toBeNull();
    expect(catalogue.model.value?.id).toBe('lumen-2');
  });

  test('is said to be gone as well when it was asked for before the roster was here', async () => {
    const catalogue = open();
    catalogue.modelId.value = 'glyph-pro';
    catalogue.want({ ...gone, id: 'mirage', name: 'Mirage' });
    await catalogue.load();
    expect(catalogue.model.value?.id).toBe('glyph-pro');
    expect(catalogue.missing.value).toEqual({
      words: 'Mirage is no longer offered. Glyph Pro stays picked.',
      nearest: null,
    });
  });

  test('is said to be gone when it was the one picked in the last run', async () => {
    const catalogue = open();
    catalogue.modelId.value = 'lumen-1';
    await catalogue.load();
    expect(catalogue.missing.value).toMatchObject({
      words: 'The model that you used last is no longer offered. Sketch is picked instead.',
      nearest: { id: 'lumen-2' },
    });
  });

  test('may be taken for by picking the same one again', async () => {
    const catalogue = open();
    await catalogue.load();
    catalogue.want(gone);
    catalogue.pick('sketch');
    expect(catalogue.missing.value).toBeNull();
  });
});

test('a model that is offered is picked, also when it is asked for before the roster is here', async () => {
  const catalogue = open();
  catalogue.want({ id: 'glyph-pro', name: 'Glyph Pro', kind: 'image' });
  await catalogue.load();
  expect(catalogue.modelId.value).toBe('glyph-pro');
  expect(catalogue.missing.value).toBeNull();
});

test('the nearest model is of the family and the kind, and shares the most of the name', () => {
  const models = (['flux-2-dev', 'flux-2-pro', 'flux-2-video', 'pro-1'] as const).map((id) => ({
    id,
    kind: id === 'flux-2-video' ? ('video' as const) : ('image' as const),
  }));
  const nearest = (id: string, kind: 'image' | 'video' | null) => nearestModel({ id, name: null, kind }, models)?.id;
  expect(nearest('flux-1-pro', 'image')).toBe('flux-2-pro');
  expect(nearest('flux-1-pro', 'video')).toBe('flux-2-video');
  expect(nearest('flux-1-dev', null)).toBe('flux-2-dev');
  expect(nearest('mirage', 'image')).toBeUndefined();
});
