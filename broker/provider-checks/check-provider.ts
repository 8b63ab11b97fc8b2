import type { CatalogueRoute, Model } from '../../shared/catalogue/model.ts';
import { addressesOf, viewOf } from '../../shared/catalogue/route-view.ts';
import type { AccountCheck, Provider } from '../providers/provider.ts';

/** A path that a provider no longer knows, and the models of the catalogue that need it. */
export interface LostPath {
  readonly path: string;
  readonly models: readonly string[];
}

/** What came of asking one provider. */
export interface ProviderReport extends Pick<AccountCheck, 'access' | 'balance' | 'cause'> {
  readonly provider: Provider['name'];
  /** How many paths of the catalogue it serves. */
  readonly paths: number;
  /** Those that it no longer knows; null where it cannot be asked. */
  readonly unknown: readonly LostPath[] | null;
  readonly ok: boolean;
}

/** Asks one provider, by what is free there, whether it lets the operator in and knows the catalogue's paths. */
export async function checkProvider(
  provider: Pick<Provider, 'name' | 'serves' | 'check'>,
  models: readonly Model[],
  signal: AbortSignal,
): Promise<ProviderReport> {
  const paths = pathsOf(provider, models);
  const { access, balance, unknownPaths, cause } = await provider.check([...paths.keys()], signal);
  const unknown = unknownPaths?.map((path) => ({ path, models: paths.get(path) ?? [] })) ?? null;
  const ok = access === 'accepted' && (unknown?.length ?? 0) === 0;
  return { provider: provider.name, access, balance, paths: paths.size, unknown, ...(cause && { cause }), ok };
}

/** Every path that the provider's adapter serves, with the ids of the models that are reached by it. */
function pathsOf(provider: Pick<Provider, 'name' | 'serves'>, models: readonly Model[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const model of models) {
    for (const route of model.routes) {
      if (route.provider !== provider.name) continue;
      for (const path of addressesIn(model, route)) {
        if (provider.serves(path) === null) continue;
        const ids = paths.get(path) ?? [];
        if (!ids.includes(model.id)) paths.set(path, [...ids, model.id]);
      }
    }
  }
  return paths;
}

function addressesIn(model: Model, route: CatalogueRoute): string[] {
  const { path, referencePath, maskPath } = route;
  return [path, referencePath, maskPath]
    .filter((one) => one !== undefined)
    .flatMap((one) => addressesOf(viewOf(model, route), one));
}
