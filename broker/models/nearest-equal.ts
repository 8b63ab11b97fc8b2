import type { Model } from '../../shared/catalogue/model.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { priceExamples } from '../prices/examples.ts';

/**
 * The model that comes nearest to one that is down: of its kind and for the same work, that can take what goes in, then
 * with the most strengths in common, then the nearest in price. Null when there is none.
 * @param others models that are up.
 */
export function nearestEqual(model: Model, others: readonly Model[], tariff: Tariff): Model | null {
  const price = cheapest(model, tariff);
  const candidates = others
    .filter(({ id, kind, operation }) => id !== model.id && kind === model.kind && operation === model.operation)
    .map((other) => ({
      other,
      rank: [
        isDrawing(other) === isDrawing(model) ? 0 : 1,
        missing(model, other),
        -other.strengths.filter((strength) => model.strengths.includes(strength)).length,
        Math.abs(Math.log(cheapest(other, tariff) / price)),
      ],
    }));
  candidates.sort((a, b) => compare(a.rank, b.rank));
  return candidates[0]?.other ?? null;
}

/** The built-in drawings are no AI: they stand in for each other only. */
function isDrawing({ routes }: Model): boolean {
  return routes.some(({ provider }) => provider === 'sketch');
}

/** How many of the things that can go in or be chosen the other does not have. */
function missing(model: Model, other: Model): number {
  return [
    model.references.max > 0 && other.references.max === 0,
    model.mask !== 'none' && other.mask === 'none',
    model.transparent && !other.transparent,
    model.vector !== other.vector,
    other.references.min > model.references.min,
  ].filter(Boolean).length;
}

function cheapest(model: Model, tariff: Tariff): number {
  return Math.min(...priceExamples(model, tariff).map(({ price }) => Math.max(price, 1)));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
