import * as z from 'zod/mini';
import { CatalogueError, type CatalogueFault } from './catalogue-error.ts';
import { Model } from './model.ts';
import { dateFaults, durationFaults, listFaults, pathFaults, routeFaults, sizingFaults } from './model-faults.ts';
import image from './models/image.json' with { type: 'json' };
import sketch from './models/sketch.json' with { type: 'json' };
import utility from './models/utility.json' with { type: 'json' };
import video from './models/video.json' with { type: 'json' };
import { priceFaults } from './price-faults.ts';
import { viewOf } from './route-view.ts';

/** One model as it was written, and where: faults are named by that place. */
export interface CatalogueLine {
  readonly path: string;
  readonly line: unknown;
}

/** The models that come with Inkpot, as they are written. */
export function builtInLines(): CatalogueLine[] {
  return [...sketch, ...image, ...video, ...utility].map((line) => ({ path: line.id, line }));
}

/** The models that come with Inkpot. */
export function builtInModels(): Model[] {
  return parseModels(builtInLines());
}

/**
 * Reads models: the schema of each, then what a schema cannot say (every choice has its price on every route, the limits
 * leave room for a picture, no id twice).
 * @throws CatalogueError naming the path of every fault.
 */
export function parseModels(lines: readonly CatalogueLine[]): Model[] {
  const parsed = lines.map(({ path, line }) => ({ path, result: z.safeParse(Model, line) }));
  const models = parsed.flatMap(({ path, result }) => (result.success ? [{ path, model: result.data }] : []));
  const faults = [
    ...parsed.flatMap(({ path, result }) =>
      result.success ? [] : result.error.issues.map((issue) => at(path, issue)),
    ),
    ...duplicateIds(models),
    ...models.flatMap(({ path, model }) => modelFaults(model).map((fault) => at(path, fault))),
  ];
  if (faults.length > 0) throw new CatalogueError(faults);
  return models.map(({ model }) => model);
}

/** The model with this id, if the catalogue has it. */
export function findModel<Listed extends Pick<Model, 'id'>>(models: readonly Listed[], id: string): Listed | undefined {
  return models.find((model) => model.id === id);
}

function at(
  place: string,
  { path, message }: { readonly path: string | readonly PropertyKey[]; readonly message: string },
): CatalogueFault {
  const inner = typeof path === 'string' ? path : path.map(String).join('.');
  return { path: inner === '' ? place : `${place}.${inner}`, message };
}

function duplicateIds(models: readonly { readonly path: string; readonly model: Model }[]): CatalogueFault[] {
  return models
    .filter(({ model }, index) => models.findIndex((other) => other.model.id === model.id) !== index)
    .map(({ path, model }) => ({ path: `${path}.id`, message: `${model.id} is there twice` }));
}

function modelFaults(model: Model): CatalogueFault[] {
  return [
    ...listFaults(model),
    ...routeFaults(model),
    ...dateFaults(model),
    ...durationFaults(model),
    ...sizingFaults(model),
    ...priceFaults(model),
    ...model.routes.flatMap((route, index) => {
      const view = viewOf(model, route);
      const ofItsOwn = ({ path }: CatalogueFault) => Object.hasOwn(route.can ?? {}, path.replace(/\..*/, ''));
      const faults = [
        ...pathFaults(view, route),
        ...listFaults(view).filter(ofItsOwn),
        ...(route.can?.sizing ? sizingFaults(view) : []),
        ...(route.can ? durationFaults(view) : []),
        ...(route.can || route.price ? priceFaults(view) : []),
      ];
      return faults.map((fault) => at(`routes.${index}`, fault));
    }),
  ];
}
