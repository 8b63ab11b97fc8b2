import type { PricedModel, PriceList } from '../../shared/api/prices.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import { viewOf } from '../../shared/catalogue/route-view.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { MILLICREDITS_PER_CREDIT, USD_PER_CREDIT } from '../../shared/credits.ts';
import type { Catalogue } from '../models/load-catalogue.ts';
import type { Roster } from '../models/roster.ts';
import { priceExamples } from './examples.ts';
import { shopExample } from './shop-example.ts';

/**
 * The public price list: every model of the catalogue that its maker still serves, at the price of the route that this
 * broker would use; for a model without such a route, of the one that it would prefer. It is made once a day.
 * @param clock milliseconds since the epoch.
 */
export function createPriceList(catalogue: Catalogue, roster: Roster, clock: () => number): () => PriceList {
  let made: { readonly from: readonly Model[]; readonly on: string; readonly list: PriceList } | null = null;
  return () => {
    const offered = roster.offered();
    const today = new Date(clock()).toISOString().slice(0, 10);
    if (made?.from !== offered || made.on !== today) {
      made = { from: offered, on: today, list: priceList(catalogue, offered, today) };
    }
    return made.list;
  };
}

function priceList({ models, tariff, changes }: Catalogue, offers: readonly Model[], today: string): PriceList {
  const offered = new Map(offers.map((model) => [model.id, model]));
  const listed = models
    .filter((model) => offered.has(model.id) || (isServed(model, today) && !isBuiltIn(model)))
    .map((model) => offered.get(model.id) ?? preferred(model));
  return {
    asOf: changes.find(({ date }) => date <= today)?.date ?? today,
    creditUsd: USD_PER_CREDIT,
    margin: tariff.margin,
    step: tariff.stepMillicredits / MILLICREDITS_PER_CREDIT,
    models: listed.map((model) => pricedModel(model, offered.has(model.id), tariff)),
    example: shopExample(listed, tariff),
    changes: [...changes],
  };
}

function pricedModel(model: Model, offered: boolean, tariff: Tariff): PricedModel {
  const { id, name, maker, kind, notice, price, licence, watermark, shutdown } = model;
  const { priceSource, priceConfidence, priceAsOf } = model;
  return {
    id,
    name,
    maker,
    kind,
    notice,
    price,
    examples: priceExamples(model, tariff),
    offered,
    licence,
    watermark,
    shutdown,
    priceSource,
    priceConfidence,
    priceAsOf,
  };
}

function preferred(model: Model): Model {
  const [route] = model.routes;
  return route ? viewOf(model, route) : model;
}

function isServed({ shutdown }: Model, today: string): boolean {
  return shutdown === undefined || shutdown > today;
}

/** What only this broker itself could draw is no news to anybody when it does not. */
function isBuiltIn({ routes }: Model): boolean {
  return routes.length > 0 && routes.every(({ provider }) => provider === 'sketch');
}
