import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSettings } from '../../../shared/catalogue/capability.ts';
import type { PublicModel } from '../../../shared/catalogue/public-model.ts';
import { FAKE_MODELS } from '../../fake-broker/models.ts';
import { canDraw } from './can-draw.ts';
import { type Draft, draftOf, EMPTY_DRAFT, pixelsOf, sizeFor, toSettings } from './draft-settings.ts';

function model(id: string): PublicModel {
  const found = FAKE_MODELS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`there is no model ${id}`);
  return found;
}

const written: Draft = {
  ...EMPTY_DRAFT,
  prompt: ' a lighthouse ',
  seed: 7,
  quality: 'premium',
  negativePrompt: 'people',
};

test('a model is asked only what it understands', () => {
  expect(toSettings(model('sketch'), written, null)).toEqual({
    prompt: 'a lighthouse',
    size: { kind: 'pixels', width: 1024, height: 1024 },
    count: 1,
    seed: 7,
  });
  expect(toSettings(model('glyph-pro'), written, null)).not.toHaveProperty('seed');
  expect(toSettings(model('glyph-pro'), written, null).quality).toBe('premium');
  expect(toSettings(model('lumen-2'), written, null).negativePrompt).toBe('people');
});

test('a quality that the model does not have becomes its middle one', () => {
  expect(toSettings(model('glyph-pro'), { ...written, quality: 'ultra' }, null).quality).toBe('standard');
});

test('a selected frame gives the size, at the chosen scale, while it is selected', () => {
  const draft: Draft = { ...written, fit: 2 };
  expect(toSettings(model('sketch'), draft, { width: 300, height: 200 }).size).toEqual({
    kind: 'pixels',
    width: 600,
    height: 400,
  });
  expect(toSettings(model('panorama-4'), draft, { width: 800, height: 450 }).size).toEqual({
    kind: 'ratio',
    ratio: '16:9',
    tier: '2K',
  });
  expect(toSettings(model('sketch'), draft, null).size).toEqual({ kind: 'pixels', width: 1024, height: 1024 });
});

test('a change of model keeps the shape', () => {
  expect(sizeFor(model('panorama-4'), { kind: 'pixels', width: 1344, height: 756 })).toEqual({
    kind: 'ratio',
    ratio: '16:9',
    tier: '1K',
  });
  const back = sizeFor(model('lumen-2'), { kind: 'ratio', ratio: '16:9', tier: '4K' });
  expect(back).toMatchObject({ kind: 'pixels' });
  if (back.kind === 'pixels') expect(back.width / back.height).toBeCloseTo(16 / 9, 1);
});

test('a ratio or a tier that the model does not have becomes its nearest', () => {
  expect(sizeFor(model('panorama-4'), { kind: 'ratio', ratio: '21:9', tier: '8K' })).toEqual({
    kind: 'ratio',
    ratio: '16:9',
    tier: '1K',
  });
});

test('a form that was never touched is one that every model can do which the panel offers', () => {
  const offered = FAKE_MODELS.filter(canDraw);
  fc.assert(
    fc.property(fc.constantFrom(...offered), fc.integer({ min: 1, max: 10 }), (any, count) => {
      expect(checkSettings(any, toSettings(any, { ...written, count }, null))).toEqual([]);
    }),
  );
});

test('the panel offers what makes a picture from words alone, and nothing that it cannot place', () => {
  const offered = FAKE_MODELS.filter(canDraw).map(({ id }) => id);
  expect(offered).toEqual(['sketch', 'lumen-2', 'glyph-pro', 'panorama-4', 'poster-press', 'freehand']);
  expect(canDraw({ ...model('sketch'), vector: true })).toBe(false);
  expect(canDraw({ ...model('sketch'), mask: 'required' })).toBe(false);
  expect(canDraw({ ...model('sketch'), kind: 'utility', prompt: 'none' })).toBe(false);
});

test('a size moves onto the list of a model that has one, and to a model that chooses its own', () => {
  const listed = sizeFor(model('poster-press'), { kind: 'pixels', width: 800, height: 1_300 });
  expect(listed).toEqual({ kind: 'pixels', width: 1_024, height: 1_536 });
  expect(sizeFor(model('poster-press'), listed)).toEqual(listed);
  const free = sizeFor(model('freehand'), { kind: 'ratio', ratio: '16:9', tier: '4K' });
  expect(free).toEqual({ kind: 'auto', tier: '1K' });
  expect(sizeFor(model('freehand'), { kind: 'auto', tier: '2K' })).toEqual({ kind: 'auto', tier: '2K' });
  expect(sizeFor(model('sketch'), free)).toEqual({ kind: 'pixels', width: 1_024, height: 1_024 });
  expect(pixelsOf(model('freehand'), free), 'a placeholder needs some size').toEqual({ width: 1_024, height: 1_024 });
});

test('a receipt fills the form as it was', () => {
  const settings = toSettings(model('lumen-2'), written, null);
  const draft = draftOf({
    version: 1,
    generationId: 'gen_1',
    index: 0,
    modelId: 'lumen-2',
    modelName: 'Lumen 2',
    settings,
    seed: 9,
    charged: toMillicredits(800),
    author: 'Ada',
    time: '2026-11-22T12:00:00Z',
    licence: '',
  });
  expect(toSettings(model('lumen-2'), draft, null)).toEqual(settings);
});

function toMillicredits(value: number) {
  return value as Parameters<typeof draftOf>[0]['charged'];
}
