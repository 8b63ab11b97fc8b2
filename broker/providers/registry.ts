import { createFal, type FalOptions } from './fal/adapter.ts';
import type { Provider } from './provider.ts';
import { createSketch } from './sketch/adapter.ts';

/** Which providers this broker has, from its configuration. */
export interface ProviderSettings {
  readonly fal: FalOptions | null;
  readonly sketch: boolean;
}

/** The configured providers, by name. */
export function createProviders({ fal, sketch }: ProviderSettings): Map<Provider['name'], Provider> {
  const providers = [...(sketch ? [createSketch()] : []), ...(fal ? [createFal(fal)] : [])];
  return new Map(providers.map((provider) => [provider.name, provider]));
}

/** The hosts that the operator has put in a provider's place, with their ports: downloads trust these as they are. */
export function operatorHosts({ fal }: ProviderSettings): Set<string> {
  return new Set(fal?.baseUrl ? [new URL(fal.baseUrl).host] : []);
}
