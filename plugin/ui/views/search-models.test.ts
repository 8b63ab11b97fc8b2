import { expect, test } from 'vitest';
import { type Searchable, searchModels } from './search-models.ts';

const plain: Omit<Searchable, 'name' | 'maker' | 'strengths'> = {
  kind: 'image',
  vector: false,
  transparent: false,
  mask: 'none',
  references: { min: 0, max: 0 },
  licence: { commercial: 'unverified', by: 'nobody', text: '' },
};

const models: Searchable[] = [
  { ...plain, name: 'Lumen 2', maker: 'Aurora Labs', strengths: ['photorealism'], transparent: true },
  { ...plain, name: 'Glyph Pro', maker: 'Letterworks', strengths: ['text in image'], vector: true },
  { ...plain, name: 'Aurora Text', maker: 'Somebody', strengths: [], references: { min: 0, max: 4 } },
  { ...plain, name: 'Reel 1', maker: 'Somebody', strengths: ['motion'], kind: 'video', audio: 'optional' },
  {
    ...plain,
    name: 'Cutout',
    maker: 'Letterworks',
    strengths: [],
    kind: 'utility',
    operation: 'remove-background',
    mask: 'optional',
    references: { min: 1, max: 1 },
    licence: { commercial: 'yes', by: 'its maker', text: '' },
  },
];
const search = (query: string) => searchModels(models, query).map(({ name }) => name);

test('no words find everything, in its order', () => {
  expect(search('  ')).toEqual(models.map(({ name }) => name));
});

test('every word must be found, in any of name, maker and strengths, whatever its case', () => {
  expect(search('AURORA photo')).toEqual(['Lumen 2']);
  expect(search('pro letter')).toEqual(['Glyph Pro']);
  expect(search('nothing')).toEqual([]);
});

test('a name that matches comes first', () => {
  expect(search('text')).toEqual(['Aurora Text', 'Glyph Pro']);
});

test('what a model makes and takes is found, whether or not its strengths name it', () => {
  expect(search('video')).toEqual(['Reel 1']);
  expect(search('sound')).toEqual(['Reel 1']);
  expect(search('remove background')).toEqual(['Cutout']);
  expect(search('mask')).toEqual(['Cutout']);
  expect(search('transparent')).toEqual(['Lumen 2']);
  expect(search('svg')).toEqual(['Glyph Pro']);
  expect(search('edit')).toEqual(['Aurora Text', 'Cutout']);
  expect(search('commercial')).toEqual(['Cutout']);
});
