import type { PublicModel } from '../../../shared/catalogue/public-model.ts';

type Searchable = Pick<PublicModel, 'name' | 'maker' | 'strengths'>;

/** The models that have every word of the query in their name, maker or strengths; those with it in the name come first. */
export function searchModels<Model extends Searchable>(models: readonly Model[], query: string): Model[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const byName = models.filter(({ name }) => has(name));
  const byRest = models.filter(
    ({ name, maker, strengths }) => !has(name) && has([name, maker, ...strengths].join(' ')),
  );
  return [...byName, ...byRest];
}
