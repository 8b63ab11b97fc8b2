import { MAX_SEED } from '../../shared/catalogue/settings.ts';

/** A seed that a provider reports, where every route would take it again; null otherwise. */
export function usableSeed(seed: number | null | undefined): number | null {
  return Number.isInteger(seed) && Number(seed) >= 0 && Number(seed) <= MAX_SEED ? Number(seed) : null;
}
