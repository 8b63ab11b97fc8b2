import type { CatalogueRoute, Model, Route } from '../../shared/catalogue/model.ts';
import { addressesOf, viewOf } from '../../shared/catalogue/route-view.ts';
import type { Ability, Provider } from '../providers/provider.ts';

/** The providers that this broker has keys for, by name. */
export type Configured = Pick<ReadonlyMap<Provider['name'], Pick<Provider, 'serves'>>, 'get'>;

/** One way to a model that is open now, and the model as it is there. */
export interface Way {
  readonly route: CatalogueRoute;
  readonly view: Model;
  readonly isUp: boolean;
}

/** A model as it can be asked for now, and the ways to it in the order in which they are to be tried. */
export interface Offer {
  /** With the price and the capability of the first way, and with only the routes that are open. */
  readonly model: Model;
  readonly ways: readonly Way[];
  /** Whether any of the ways is up; if not, what is asked for now fails, and costs nothing, unless one comes back first. */
  readonly isUp: boolean;
}

/**
 * What is offered of a model: by its routes that are configured, those that are up before those that are down. Null when
 * there is none, or when its maker has shut it down.
 * @param today `YYYY-MM-DD`, UTC.
 */
export function offerOf(
  model: Model,
  providers: Configured,
  today: string,
  isUp: (route: Route) => boolean = () => true,
): Offer | null {
  if (isOver(model.shutdown, today)) return null;
  const open = model.routes
    .filter((route) => !isOver(route.shutdown, today))
    .flatMap((route) => {
      const view = servedView(model, route, providers);
      return view
        ? [{ route, view, isUp: addressesOf(view, route.path).some((path) => isUp({ ...route, path })) }]
        : [];
    });
  const ways = [...open.filter((way) => way.isUp), ...open.filter((way) => !way.isUp)];
  const [first] = ways;
  if (!first) return null;
  return { model: { ...first.view, routes: ways.map(({ route }) => route) }, ways, isUp: first.isUp };
}

/** A model on one route with only what its adapter can do there; null when that leaves nothing that can be asked for. */
function servedView(model: Model, route: CatalogueRoute, providers: Configured): Model | null {
  const provider = providers.get(route.provider);
  const view = viewOf(model, route);
  const abilitiesOf = (path: string) => addressesOf(view, path).map((address) => provider?.serves(address) ?? null);
  if (abilitiesOf(route.path).includes(null)) return null;
  const can = (ability: Ability, path: string | undefined) =>
    abilitiesOf(path ?? route.path).every((abilities) => abilities?.includes(ability));
  const canRefer = can('references', route.referencePath);
  const canMask = can('mask', route.maskPath);
  if ((view.references.min > 0 && !canRefer) || (view.mask === 'required' && !canMask)) return null;
  if (!hasQuotablePrice(view)) return null;
  return {
    ...view,
    references: canRefer ? view.references : { min: 0, max: 0 },
    mask: canMask ? view.mask : 'none',
    transparent: view.transparent && can('transparent', undefined),
  };
}

/** Without a length or a size nobody can say beforehand what it costs, and there is no ceiling to hold. */
function hasQuotablePrice({ price, sizing, durations, factors }: Model): boolean {
  const needsLength = price.per === 'second' || price.rates.some(({ seconds }) => seconds !== undefined);
  const needsSize = price.per === 'megapixel' || price.rates.some(({ upToPixels }) => upToPixels !== undefined);
  return (!needsLength || durations.length > 0) && (!needsSize || sizing.kind !== 'auto' || factors.length > 0);
}

function isOver(shutdown: string | undefined, today: string): boolean {
  return shutdown !== undefined && shutdown <= today;
}
