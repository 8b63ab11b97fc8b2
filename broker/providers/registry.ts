import { createA1111 } from './a1111/adapter.ts';
import { createBfl } from './bfl/adapter.ts';
import { createBytePlus } from './byteplus/adapter.ts';
import { createComfyUI } from './comfyui/adapter.ts';
import { createFal } from './fal/adapter.ts';
import { createGoogle } from './google/adapter.ts';
import { createIdeogram } from './ideogram/adapter.ts';
import { createLuma } from './luma/adapter.ts';
import { createOpenAI } from './openai/adapter.ts';
import { createOpenAICompatible } from './openai-compatible/adapter.ts';
import type { Provider } from './provider.ts';
import { createRecraft } from './recraft/adapter.ts';
import { createReplicate } from './replicate/adapter.ts';
import { createRunway } from './runway/adapter.ts';
import { createSketch } from './sketch/adapter.ts';
import { createStability } from './stability/adapter.ts';

/** What turns a hosted provider on, and where it is. */
export interface ProviderAccess {
  readonly key: string;
  /** A proxy, a region or a recorded server in the provider's place, without a trailing slash. */
  readonly baseUrl?: string | undefined;
}

/** Hosted providers, by name: an entry here and its variables in the configuration are all that a new one needs. */
const HOSTED = {
  bfl: createBfl,
  fal: createFal,
  ideogram: createIdeogram,
  google: createGoogle,
  openai: createOpenAI,
  recraft: createRecraft,
  stability: createStability,
  byteplus: createBytePlus,
  replicate: createReplicate,
  runway: createRunway,
  luma: createLuma,
} as const satisfies Partial<Record<Provider['name'], (access: ProviderAccess) => Provider>>;

/** Providers on machines of the operator's own: an address turns each on. */
export interface SelfHosted {
  readonly 'openai-compatible'?: Parameters<typeof createOpenAICompatible>[0];
  readonly a1111?: Parameters<typeof createA1111>[0];
  readonly comfyui?: Parameters<typeof createComfyUI>[0];
}

/** Which providers this broker has, from its configuration. */
export interface ProviderSettings {
  readonly sketch: boolean;
  readonly selfHosted?: SelfHosted;
  readonly hosted: Readonly<Partial<Record<keyof typeof HOSTED, ProviderAccess>>>;
}

/** The configured providers, by name. */
export function createProviders({
  sketch,
  hosted,
  selfHosted = {},
}: ProviderSettings): Map<Provider['name'], Provider> {
  const { 'openai-compatible': compatible, a1111, comfyui } = selfHosted;
  const own = [
    compatible && createOpenAICompatible(compatible),
    a1111 && createA1111(a1111),
    comfyui && createComfyUI(comfyui),
  ].filter((provider) => provider !== undefined);
  const providers = Object.entries(HOSTED).flatMap(([name, create]) => {
    const access = hosted[name as keyof typeof HOSTED];
    return access ? [create(access)] : [];
  });
  return new Map(
    [...(sketch ? [createSketch()] : []), ...providers, ...own].map((provider) => [provider.name, provider]),
  );
}

/** The hosts of the operator's own, and those put in a provider's place, with their ports: downloads trust them as they are. */
export function operatorHosts({ hosted, selfHosted = {} }: Omit<ProviderSettings, 'sketch'>): Set<string> {
  const places = [...Object.values(hosted), ...Object.values(selfHosted)];
  return new Set(places.flatMap(({ baseUrl }) => (baseUrl ? [new URL(baseUrl).host] : [])));
}
