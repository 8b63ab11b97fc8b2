import type { PublicModel } from '../../../shared/catalogue/public-model.ts';

export type Searchable = Pick<
  PublicModel,
  | 'name'
  | 'maker'
  | 'strengths'
  | 'kind'
  | 'operation'
  | 'vector'
  | 'transparent'
  | 'audio'
  | 'mask'
  | 'references'
  | 'licence'
>;

/** The models that have every word of the query in what is known of them; those with it in the name come first. */
export function searchModels<Model extends Searchable>(models: readonly Model[], query: string): Model[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const byName = models.filter(({ name }) => has(name));
  const byRest = models.filter((model) => !has(model.name) && has(describe(model)));
  return [...byName, ...byRest];
}

/** All that somebody may look for, in a designer's words. */
function describe({ name, maker, strengths, kind, operation, ...can }: Searchable): string {
  return [
    name,
    maker,
    ...strengths,
    kind,
    operation?.replace('-', ' '),
    can.references.max > 0 && 'edit references',
    can.mask !== 'none' && 'mask',
    can.transparent && 'transparent',
    can.vector && 'vector svg',
    can.audio && can.audio !== 'none' && 'sound audio',
    can.licence.commercial === 'yes' && 'commercial use',
  ]
    .filter(Boolean)
    .join(' ');
}
