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

const Change = z.looseObject({ id: z.string() });

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
  models: z.array(Change).default([]),
  remove: z.array(z.string()).default([]),
  changes: z.array(PriceChange).default([]),
});

/** What of a file that is not valid says which models there are. */
const Legible = z.object({ models: z.array(z.unknown()).catch([]), remove: z.array(z.unknown()).catch([]) });

/**
 * The built-in catalogue with the operator's file applied to it.
 * @param path of `INKPOT_CATALOGUE`; null for the built-in catalogue alone.
 * @throws CatalogueError naming the path of every fault in the file.
 */
export async function loadCatalogue(path: string | null, tariff: Tariff): Promise<Catalogue> {
  const written = path === null ? {} : await readJson(path);
  const file = OperatorFile.safeParse(written);
  // Whatever else is wrong, the faults of its models are told in the same message.
  const legible = Legible.safeParse(written);
  const applied = legible.success ? applyTo(builtInLines(), legible.data) : NOTHING;
  const faults = [...(file.success ? [] : file.error.issues.map(describe)), ...applied.faults];
  if (!file.success || faults.length > 0) throw new CatalogueError(faults);
  const { margin, step } = file.data;
  return {
    models: applied.models,
    tariff: { margin: margin ?? tariff.margin, stepMillicredits: step ?? tariff.stepMillicredits },
    changes: [...file.data.changes, ...z.array(PriceChange).parse(builtInChanges)].sort((a, b) =>
      b.date.localeCompare(a.date),
    ),
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

/** The models that come of the changes, or everything that is wrong with them. */
interface Applied {
  readonly models: readonly Model[];
  readonly faults: readonly CatalogueFault[];
}

const NOTHING: Applied = { models: [], faults: [] };

function applyTo(builtIn: readonly CatalogueLine[], { models, remove }: z.infer<typeof Legible>): Applied {
  const known = new Set(builtIn.map(({ path }) => path));
  const unknown = remove.flatMap((id, index) =>
    typeof id !== 'string' || known.has(id)
      ? []
      : [{ path: `remove.${index}`, message: `there is no model ${JSON.stringify(id)}` }],
  );
  const placed = models.flatMap((written, index) => {
    const change = Change.safeParse(written);
    return change.success ? [{ path: `models.${index}`, change: change.data }] : [];
  });
  const changed = builtIn
    .filter(({ path }) => !remove.includes(path))
    .map((one) => {
      const mine = placed.find(({ change }) => change.id === one.path);
      return mine ? { path: mine.path, line: { ...Object(one.line), ...mine.change } } : one;
    });
  const used = new Set(changed.map(({ path }) => path));
  const added = placed.filter(({ path }) => !used.has(path)).map(({ path, change }) => ({ path, line: change }));
  try {
    return { models: parseModels([...changed, ...added]), faults: unknown };
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    return { models: [], faults: [...unknown, ...error.faults] };
  }
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
