import type { Model } from '../../shared/catalogue/model.ts';
import { type Configured, offerOf } from './offer.ts';

/** Which models of the catalogue can be asked for today. */
export interface Roster {
  /** What can be asked for, in the order of the catalogue; the same array as long as nothing changes. */
  offered(): readonly Model[];
  /** The offered model with this id. */
  get(id: string): Model | undefined;
}

export interface RosterOptions {
  readonly catalogue: readonly Model[];
  readonly providers: Configured;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A roster that follows the calendar: a model leaves it on the day (UTC) on which it is shut down. */
export function createRoster({ catalogue, providers, clock }: RosterOptions): Roster {
  let day = '';
  let offers = new Map<string, Model>();
  let list: readonly Model[] = [];

  function refresh(): void {
    const today = new Date(clock()).toISOString().slice(0, 10);
    if (today === day) return;
    day = today;
    list = catalogue.map((model) => offerOf(model, providers, today)).filter((offer) => offer !== null);
    offers = new Map(list.map((model) => [model.id, model]));
  }

  return {
    offered() {
      refresh();
      return list;
    },
    get(id) {
      refresh();
      return offers.get(id);
    },
  };
}
