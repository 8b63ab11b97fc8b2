import * as z from 'zod/mini';
import { Model } from './model.ts';
import json from './models.json' with { type: 'json' };
import { MAX_SIDE } from './settings.ts';

/** Something wrong in a catalogue file: where, for instance `12.price.perImage.4K` or `flux-2-pro.sizing`, and what. */
export interface CatalogueFault {
  readonly path: string;
  readonly message: string;
}

/** A catalogue that must not be served. Its message names every fault, one a line. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly faults: readonly CatalogueFault[];

  constructor(faults: readonly CatalogueFault[]) {
    super(['The catalogue is not valid:', ...faults.map(({ path, message }) => `  ${path}: ${message}`)].join('\n'));
    this.faults = faults;
  }
}

/** The models that come with Inkpot. */
export function builtInModels(): Model[] {
  return parseCatalogue(json);
}

/**
 * Reads a catalogue: the schema of each model, then what a schema cannot say (every tier and quality has its price, the
 * limits leave room for a picture, no id twice).
 * @throws CatalogueError naming the path of every fault.
 */
export function parseCatalogue(catalogue: unknown): Model[] {
  const parsed = z.array(Model).safeParse(catalogue);
  if (!parsed.success) throw new CatalogueError(parsed.error.issues.map(schemaFault));
  const faults = [...duplicateIds(parsed.data), ...parsed.data.flatMap(modelFaults)];
  if (faults.length > 0) throw new CatalogueError(faults);
  return parsed.data;
}

/** The model with this id, if the catalogue has it. */
export function findModel<Listed extends Pick<Model, 'id'>>(models: readonly Listed[], id: string): Listed | undefined {
  return models.find((model) => model.id === id);
}

function schemaFault({ path, message }: { path: readonly PropertyKey[]; message: string }): CatalogueFault {
  return { path: path.map(String).join('.') || 'catalogue', message };
}

function duplicateIds(models: readonly Model[]): CatalogueFault[] {
  return repeated(models.map(({ id }) => id)).map((id) => ({ path: id, message: 'this id is there twice' }));
}

function modelFaults(model: Model): CatalogueFault[] {
  return [...priceFaults(model), ...sizingFaults(model), ...listFaults(model), ...dateFaults(model)].map(
    ({ path, message }) => ({ path: `${model.id}.${path}`, message }),
  );
}

/** A choice without a price cannot be quoted; a price without a choice is a slip of the pen. */
function priceFaults({ price, sizing, qualities }: Model): CatalogueFault[] {
  switch (price.kind) {
    case 'flat':
    case 'megapixel':
      return [];
    case 'tier': {
      const tiers = sizing.kind === 'ratio' ? sizing.tiers.map(({ id }) => id) : [];
      const noTiers = { path: 'price.kind', message: 'a price by tier needs a sizing by ratio' };
      return sizing.kind === 'ratio' ? rateFaults(price.perImage, tiers, 'tier') : [noTiers];
    }
    case 'quality':
      return rateFaults(price.perImage, qualities, 'quality');
    default:
      return price satisfies never;
  }
}

function rateFaults(rates: Record<string, number>, choices: readonly string[], what: string): CatalogueFault[] {
  const path = (key: string) => `price.perImage.${key}`;
  return [
    ...choices
      .filter((choice) => !Object.hasOwn(rates, choice))
      .map((choice) => ({ path: path(choice), message: `this ${what} has no price` })),
    ...Object.keys(rates)
      .filter((key) => !choices.includes(key))
      .map((key) => ({ path: path(key), message: `the model has no such ${what}` })),
  ];
}

function sizingFaults({ sizing }: Model): CatalogueFault[] {
  if (sizing.kind === 'ratio') {
    return sizing.ratios
      .filter((ratio) => !/^[1-9]\d?:[1-9]\d?$/.test(ratio))
      .map((ratio) => ({ path: 'sizing.ratios', message: `${JSON.stringify(ratio)} is not an aspect ratio` }));
  }
  const { multipleOf, minPixels, maxPixels } = sizing;
  const shortest = Math.ceil(sizing.minSide / multipleOf) * multipleOf;
  const longest = Math.floor(Math.min(sizing.maxSide, MAX_SIDE) / multipleOf) * multipleOf;
  if (shortest > longest) return [{ path: 'sizing', message: 'no side lies between minSide and maxSide' }];
  // A square must exist, so that whatever shape is asked for, some size can be offered.
  const side = Math.min(longest, Math.floor(Math.sqrt(maxPixels) / multipleOf) * multipleOf);
  const possible = side >= shortest && side * side >= minPixels;
  return possible ? [] : [{ path: 'sizing', message: 'no square lies between minPixels and maxPixels' }];
}

function listFaults({ sizing, qualities, routes }: Model): CatalogueFault[] {
  const lists: [path: string, keys: string[]][] = [
    ['qualities', qualities],
    ['routes', routes.map(({ provider, path }) => `${provider} ${path}`)],
    ['sizing.ratios', sizing.kind === 'ratio' ? sizing.ratios : []],
    ['sizing.tiers', sizing.kind === 'ratio' ? sizing.tiers.map(({ id }) => id) : []],
  ];
  return lists.flatMap(([path, keys]) => repeated(keys).map((key) => ({ path, message: `${key} is there twice` })));
}

function dateFaults({ priceAsOf }: Model): CatalogueFault[] {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(priceAsOf) && !Number.isNaN(Date.parse(priceAsOf));
  return isDate ? [] : [{ path: 'priceAsOf', message: 'write the day as YYYY-MM-DD' }];
}

function repeated(keys: readonly string[]): string[] {
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}
