import type { CatalogueRoute, Model, Route } from './model.ts';
import type { Sizing } from './public-model.ts';
import type { Settings } from './settings.ts';
import { tierOf } from './size.ts';

/** Stands in a path where the chosen resolution belongs: some providers have a path for each. */
export const TIER = '{tier}';

/** A model as one of its routes serves it: with the price and the capability that count there. */
export function viewOf(model: Model, route: CatalogueRoute): Model {
  const can = Object.fromEntries(Object.entries(route.can ?? {}).filter(([, value]) => value !== undefined));
  const { price = model.price, priceSource = model.priceSource } = route;
  return { ...model, ...can, price, priceSource };
}

/** Where a request with these settings goes: some providers have a path of its own for pictures or masks that go in. */
export function routeFor({ sizing }: Pick<Model, 'sizing'>, route: CatalogueRoute, settings: Settings): Route {
  const { provider, path, referencePath, maskPath } = route;
  const { references = [], mask, size } = settings;
  const chosen = (mask && maskPath) ?? (references.length > 0 ? referencePath : undefined) ?? path;
  return { provider, path: chosen.replace(TIER, tierOf(sizing, size) ?? '') };
}

/** Every address that a path of a route stands for. */
export function addressesOf({ sizing }: Pick<Model, 'sizing'>, path: string): string[] {
  return path.includes(TIER) ? tierIds(sizing).map((tier) => path.replace(TIER, tier)) : [path];
}

/** The route of a model that a request went to, by {@link routeFor}. */
export function findRoute(model: Model, { provider, path }: Route): CatalogueRoute | undefined {
  return model.routes.find((route) => {
    const paths = [route.path, route.referencePath, route.maskPath].filter((one) => one !== undefined);
    return route.provider === provider && paths.some((one) => addressesOf(viewOf(model, route), one).includes(path));
  });
}

/** The resolutions that can be chosen; empty where there is no such choice. */
export function tierIds(sizing: Sizing): string[] {
  return 'tiers' in sizing ? sizing.tiers.map((tier) => (typeof tier === 'string' ? tier : tier.id)) : [];
}
