import { expect, test } from 'vitest';
import { searchModels } from './search-models.ts';

const models = [
  { name: 'Lumen 2', maker: 'Aurora Labs', strengths: ['photorealism'] },
  { name: 'Glyph Pro', maker: 'Letterworks', strengths: ['text in image'] },
  { name: 'Aurora Text', maker: 'Somebody', strengths: [] },
];
const search = (query: string) => searchModels(models, query).map(({ name }) => name);

test('no words find everything, in its order', () => {
  expect(search('  ')).toEqual(['Lumen 2', 'Glyph Pro', 'Aurora Text']);
});

test('every word must be found, in any of name, maker and strengths, whatever its case', () => {
  expect(search('AURORA photo')).toEqual(['Lumen 2']);
  expect(search('pro letter')).toEqual(['Glyph Pro']);
  expect(search('nothing')).toEqual([]);
});

test('a name that matches comes first', () => {
  expect(search('text')).toEqual(['Aurora Text', 'Glyph Pro']);
});
