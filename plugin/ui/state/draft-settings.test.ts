import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSettings } from '../../../shared/catalogue/capability.ts';
import type { PublicModel } from '../../../shared/catalogue/public-model.ts';
import { FAKE_MODELS } from '../../fake-broker/models.ts';
import type { Given, Picture } from '../pictures/picture.ts';
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

const picture: Picture = {
  key: 'k',
  name: 'Photo',
  bytes: new Uint8Array(),
  width: 640,
  height: 480,
  url: 'blob:photo',
  area: null,
  assetId: 'asset_1',
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

test('a form that was never touched is one that every model can do, once it has a picture where it needs one', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FAKE_MODELS), fc.integer({ min: 1, max: 10 }), (any, count) => {
      const given: Given = { references: [picture], mask: picture };
      expect(checkSettings(any, toSettings(any, { ...written, count }, null, given))).toEqual([]);
    }),
  );
});

test('pictures go only to a model that takes them, no more than it takes, and a mask never alone', () => {
  const names = (id: string, pictures: Given) => toSettings(model(id), written, null, pictures);
  expect(names('sketch', { references: [picture], mask: picture })).not.toHaveProperty('references');
  const retouch = names('retouch', { references: [picture, picture], mask: picture });
  expect(retouch.references).toEqual([{ assetId: 'asset_1', width: 640, height: 480 }]);
  expect(retouch.mask).toEqual({ assetId: 'asset_1', width: 640, height: 480 });
  expect(names('retouch', { references: [], mask: picture })).not.toHaveProperty('mask');
});

test('a length, a factor or a sound that the model does not have becomes its nearest, or is left out', () => {
  const draft: Draft = { ...written, duration: 9, factor: 3, audio: false };
  expect(toSettings(model('reel-1'), draft, null)).toMatchObject({ duration: 8, audio: false });
  expect(toSettings(model('reel-1'), written, null).duration).toBe(4);
  expect(toSettings(model('enlarger'), draft, null)).toMatchObject({ prompt: '', factor: 2 });
  for (const name of ['duration', 'audio', 'factor']) {
    expect(toSettings(model('sketch'), draft, null)).not.toHaveProperty(name);
  }
});

test('a placeholder is as large as the picture that is worked on, and its enlargement as much larger', () => {
  const given: Given = { references: [picture], mask: null };
  expect(pixelsOf(model('retouch'), toSettings(model('retouch'), written, null, given))).toMatchObject({
    width: 640,
    height: 480,
  });
  const enlarged = toSettings(model('enlarger'), { ...written, factor: 4 }, null, given);
  expect(pixelsOf(model('enlarger'), enlarged)).toEqual({ width: 2_560, height: 1_920 });
});

test('a size moves onto the list of a model that has one, and to a model that chooses its own', () => {
  const listed = sizeFor(model('poster-press'), { kind: 'pixels', width: 800, height: 1_300 });
  expect(listed).toEqual({ kind: 'pixels', width: 1_024, height: 1_536 });
  expect(sizeFor(model('poster-press'), listed)).toEqual(listed);
  const free = sizeFor(model('freehand'), { kind: 'ratio', ratio: '16:9', tier: '4K' });
  expect(free).toEqual({ kind: 'auto', tier: '1K' });
  expect(sizeFor(model('freehand'), { kind: 'auto', tier: '2K' })).toEqual({ kind: 'auto', tier: '2K' });
  expect(sizeFor(model('sketch'), free)).toEqual({ kind: 'pixels', width: 1_024, height: 1_024 });
  expect(pixelsOf(model('freehand'), { size: free }), 'a placeholder needs some size').toEqual({
    width: 1_024,
    height: 1_024,
  });
});

test('a length becomes the nearest that the resolution and the pictures leave', () => {
  const tiers = ['720p', '1080p'].map((id) => ({ id }));
  const reel: PublicModel = {
    ...model('reel-1'),
    sizing: { kind: 'ratio', ratios: ['16:9'], tiers },
    references: { min: 0, max: 2 },
    durationLimits: [
      { tiers: ['1080p'], durations: [8] },
      { references: 2, durations: [8] },
    ],
  };
  const lengthOf = (tier: string, pictures = 0) => {
    const draft: Draft = { ...EMPTY_DRAFT, duration: 4, size: { kind: 'ratio', ratio: '16:9', tier } };
    return toSettings(reel, draft, null, { references: Array(pictures).fill(picture), mask: null }).duration;
  };
  expect([lengthOf('720p'), lengthOf('720p', 1)]).toEqual([4, 4]);
  expect([lengthOf('1080p'), lengthOf('720p', 2)]).toEqual([8, 8]);
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
