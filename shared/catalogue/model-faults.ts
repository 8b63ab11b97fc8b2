import * as z from 'zod/mini';
import type { CatalogueFault } from './catalogue-error.ts';
import type { CatalogueRoute, Model } from './model.ts';
import { TIER, tierIds } from './route-view.ts';
import { MAX_SIDE } from './settings.ts';

/** Sizes that are none, or limits between which no picture fits. */
export function sizingFaults({ sizing }: Model): CatalogueFault[] {
  switch (sizing.kind) {
    case 'auto':
      return [];
    case 'ratio':
      return sizing.ratios
        .filter((ratio) => !/^[1-9]\d?:[1-9]\d?$/.test(ratio))
        .map((ratio) => ({ path: 'sizing.ratios', message: `${JSON.stringify(ratio)} is not an aspect ratio` }));
    case 'list':
      return sizing.tiers
        .flatMap(({ sizes }) => sizes)
        .filter(
          (size) =>
            !/^[1-9]\d{0,4}x[1-9]\d{0,4}$/.test(size) || size.split('x').some((side) => Number(side) > MAX_SIDE),
        )
        .map((size) => ({
          path: 'sizing.tiers',
          message: `${JSON.stringify(size)} is not a size up to ${MAX_SIDE} px`,
        }));
    case 'pixels': {
      const { multipleOf, minPixels, maxPixels } = sizing;
      const shortest = Math.ceil(sizing.minSide / multipleOf) * multipleOf;
      const longest = Math.floor(Math.min(sizing.maxSide, MAX_SIDE) / multipleOf) * multipleOf;
      if (shortest > longest) return [{ path: 'sizing', message: 'no side lies between minSide and maxSide' }];
      // A square must exist, so that whatever shape is asked for, some size can be offered.
      const side = Math.min(longest, Math.floor(Math.sqrt(maxPixels) / multipleOf) * multipleOf);
      const possible = side >= shortest && side * side >= minPixels;
      return possible ? [] : [{ path: 'sizing', message: 'no square lies between minPixels and maxPixels' }];
    }
    default:
      return sizing satisfies never;
  }
}

/** Lists that name something twice, and bounds that cross. */
export function listFaults({ sizing, qualities, durations, factors, references }: Model): CatalogueFault[] {
  const lists: [path: string, keys: readonly (string | number)[]][] = [
    ['qualities', qualities],
    ['durations', durations],
    ['factors', factors],
    ['sizing.ratios', sizing.kind === 'ratio' ? sizing.ratios : []],
    ['sizing.tiers', tierIds(sizing)],
  ];
  return [
    ...lists.flatMap(([path, keys]) => repetitions(path, keys)),
    ...(references.min > references.max ? [{ path: 'references', message: 'min is more than max' }] : []),
  ];
}

/** Routes that are there twice. */
export function routeFaults({ routes }: Model): CatalogueFault[] {
  return repetitions(
    'routes',
    routes.map(({ provider, path }) => `${provider} ${path}`),
  );
}

/** Paths with a place for a resolution, of a route that has none to choose. */
export function pathFaults({ sizing }: Model, route: CatalogueRoute): CatalogueFault[] {
  if (tierIds(sizing).length > 0) return [];
  return (['path', 'referencePath', 'maskPath'] as const)
    .filter((name) => route[name]?.includes(TIER))
    .map((path) => ({ path, message: `there is no resolution to write for ${TIER}` }));
}

/** Limits that name what is not there, and lengths that a limit leaves none of. */
export function durationFaults({ sizing, durations, durationLimits }: Model): CatalogueFault[] {
  const tiers = tierIds(sizing);
  return durationLimits.flatMap((limit, index) => {
    const stray = [
      ...(limit.tiers ?? []).filter((tier) => !tiers.includes(tier)),
      ...limit.durations.filter((seconds) => !durations.includes(seconds)),
    ];
    return stray.map((name) => ({ path: `durationLimits.${index}`, message: `the model has no choice ${name}` }));
  });
}

/** Days that are none. A price may be as of a month or a year, as its source says. */
export function dateFaults({ priceAsOf, shutdown, routes }: Model): CatalogueFault[] {
  const isDay = (day: string) => z.safeParse(z.iso.date(), day).success;
  const isSpan = (span: string) => isDay(span) || (/^\d{4}(-\d{2})?$/.test(span) && !Number.isNaN(Date.parse(span)));
  const days: [path: string, day: string | undefined][] = [
    ['shutdown', shutdown],
    ...routes.map((route, index): [string, string | undefined] => [`routes.${index}.shutdown`, route.shutdown]),
  ];
  return [
    ...days
      .filter(([, day]) => day !== undefined && !isDay(day))
      .map(([path]) => ({ path, message: 'write the day as YYYY-MM-DD' })),
    ...(priceAsOf === undefined || isSpan(priceAsOf)
      ? []
      : [{ path: 'priceAsOf', message: 'write the day as YYYY-MM-DD, YYYY-MM or YYYY' }]),
  ];
}

function repetitions(path: string, keys: readonly (string | number)[]): CatalogueFault[] {
  const repeated = new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
  return [...repeated].map((key) => ({ path, message: `${key} is there twice` }));
}
