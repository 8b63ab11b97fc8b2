import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PriceChange } from '../../shared/api/prices.ts';
import { builtInLines, type CatalogueLine, parseModels } from '../../shared/catalogue/catalogue.ts';
import { CatalogueError, type CatalogueFault } from '../../shared/catalogue/catalogue-error.ts';
import builtInChanges from '../../shared/catalogue/changes.json' with { type: 'json' };
import type { Model } from '../../shared/catalogue/model.ts';
import { Tariff } from '../../shared/catalogue/tariff.ts';
import { MILLICREDITS_PER_CREDIT } from '../../shared/credits.ts';

/** What prices and models a broker works with. */
export interface Catalogue {
  readonly models: readonly Model[];
  readonly tariff: Tariff;
  /** Of the price list, newest first. */
  readonly changes: readonly PriceChange[];
}

/** `INKPOT_CATALOGUE`: what an operator adds to the built-in catalogue, changes in it, or takes from it. */
const OperatorFile = z.strictObject({
  margin: z.optional(Tariff.shape.margin),
  /** In credits. */
  step: z
    .number()
    .transform((credits) => Math.round(credits * MILLICREDITS_PER_CREDIT * 1e6) / 1e6)
    .pipe(z.int().min(1).max(MILLICREDITS_PER_CREDIT))
    .optional(),
  /** A known id: these fields replace its own. A new one: a whole model. */
  models: z.array(z.looseObject({ id: z.string() })).default([]),
  remove: z.array(z.string()).default([]),
  changes: z.array(PriceChange).default([]),
});

/**
 * The built-in catalogue with the operator's file applied to it.
 * @param path of `INKPOT_CATALOGUE`; null for the built-in catalogue alone.
 * @throws CatalogueError naming the path of every fault in the file.
 */
export async function loadCatalogue(path: string | null, tariff: Tariff): Promise<Catalogue> {
  const file = OperatorFile.safeParse(path === null ? {} : await readJson(path));
  if (!file.success) throw new CatalogueError(file.error.issues.map(describe));
  const { models, remove, changes, margin, step } = file.data;
  return {
    models: applyTo(builtInLines(), models, remove),
    tariff: { margin: margin ?? tariff.margin, stepMillicredits: step ?? tariff.stepMillicredits },
    changes: [...changes, ...z.array(PriceChange).parse(builtInChanges)].sort((a, b) => b.date.localeCompare(a.date)),
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? `is not JSON: ${error.message}` : `cannot be read: ${String(error)}`;
    throw new CatalogueError([{ path: 'INKPOT_CATALOGUE', message: `${path} ${why}` }]);
  }
}

type Change = { readonly id: string } & Readonly<Record<string, unknown>>;

/** Every fault of the file comes in one error: unknown ids, and whatever is wrong with the models that it makes. */
function applyTo(builtIn: readonly CatalogueLine[], changes: readonly Change[], remove: readonly string[]): Model[] {
  const known = new Set(builtIn.map(({ path }) => path));
  const faults: CatalogueFault[] = remove.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `remove.${index}`, message: `there is no model ${JSON.stringify(id)}` }],
  );
  const kept = builtIn.filter(({ path }) => !remove.includes(path));
  const placed = changes.map((change, index) => ({ path: `models.${index}`, change }));
  const changed = kept.map((one) => {
    const mine = placed.find(({ change }) => change.id === one.path);
    return mine ? { path: mine.path, line: { ...Object(one.line), ...mine.change } } : one;
  });
  const used = new Set(changed.map(({ path }) => path));
  const added = placed.filter(({ path }) => !used.has(path)).map(({ path, change }) => ({ path, line: change }));
  try {
    const models = parseModels([...changed, ...added]);
    if (faults.length === 0) return models;
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    faults.push(...error.faults);
  }
  throw new CatalogueError(faults);
}

function describe({
  path,
  message,
}: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): CatalogueFault {
  return { path: path.map(String).join('.') || 'INKPOT_CATALOGUE', message };
}
