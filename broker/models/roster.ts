import type { Model } from '../../shared/catalogue/model.ts';
import { type Configured, type Offer, offerOf } from './offer.ts';
import type { RouteHealth } from './route-health.ts';

/** Which models of the catalogue can be asked for today. */
export interface Roster {
  /** What can be asked for, in the order of the catalogue; the same array as long as nothing changes. */
  offered(): readonly Model[];
  /** The offered model with this id. */
  get(id: string): Model | undefined;
  /** The offered model with this id, and every way to it. */
  offerOf(id: string): Offer | undefined;
}

export interface RosterOptions {
  readonly catalogue: readonly Model[];
  readonly providers: Configured;
  readonly health: Pick<RouteHealth, 'isUp' | 'down'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * A roster that follows the calendar and the routes: a model leaves it on the day (UTC) on which it is shut down, and
 * is offered by its next route while the first is down.
 */
export function createRoster({ catalogue, providers, health, clock }: RosterOptions): Roster {
  let made = '';
  let offers = new Map<string, Offer>();
  let list: readonly Model[] = [];

  function refresh(): void {
    const today = new Date(clock()).toISOString().slice(0, 10);
    const now = [today, ...health.down()].join();
    if (now === made) return;
    made = now;
    const open = catalogue
      .map((model) => offerOf(model, providers, today, (route) => health.isUp(route)))
      .filter((offer) => offer !== null);
    list = open.map(({ model }) => model);
    offers = new Map(open.map((offer) => [offer.model.id, offer]));
  }

  return {
    offered() {
      refresh();
      return list;
    },
    get(id) {
      refresh();
      return offers.get(id)?.model;
    },
    offerOf(id) {
      refresh();
      return offers.get(id);
    },
  };
}
