import { checkSettings } from '../../shared/catalogue/capability.ts';
import { estimatePrice } from '../../shared/catalogue/estimate.ts';
import type { Route } from '../../shared/catalogue/model.ts';
import { routeFor } from '../../shared/catalogue/route-view.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { outputSize, type Pixels } from '../../shared/catalogue/size.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import type { Millicredits } from '../../shared/credits.ts';
import type { Offer } from './offer.ts';

/** Where a generation can be sent. */
export interface Path {
  readonly route: Route;
  /** The size that its settings come to there, in px; null where the model chooses it. */
  readonly size: Pixels | null;
}

/**
 * Every path that a generation with these settings may take, in the order in which they are to be tried: those whose
 * adapter can do all of it, at no more than the price that was signed. None when only paths that are down would do it
 * for that price while a dearer one is up: then the price has to be asked for again.
 */
export function pathsFor(
  { ways, isUp }: Pick<Offer, 'ways' | 'isUp'>,
  settings: Settings,
  ceiling: Millicredits,
  tariff: Tariff,
): readonly Path[] {
  const open = ways
    .filter(({ view }) => checkSettings(view, settings).length === 0)
    .filter(({ view }) => estimatePrice(view, settings, tariff).ceiling <= ceiling);
  if (isUp && !open.some((way) => way.isUp)) return [];
  return open.map(({ route, view }) => ({
    route: routeFor(view, route, settings),
    size: outputSize(view, settings),
  }));
}
