import type { Ability, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';
import type { Input } from './fields.ts';
import { IMAGES } from './image-inputs.ts';
import { VIDEOS } from './video-inputs.ts';

interface Endpoint {
  readonly input: Input;
  readonly abilities: readonly Ability[];
}

/**
 * The endpoints of fal's that this adapter speaks to, each with the fields that it knows and no other: some refuse what
 * they do not know, others charge for it (@fal-ai/client 1.10.1, endpoints.d.ts; for those that it does not have,
 * fal.ai/models/…/llms.txt as read in 2026-08).
 */
const ENDPOINTS = new Map<string, Endpoint>(
  [IMAGES, VIDEOS].flatMap(({ words, pictures, masks }) => [
    ...served(words, []),
    ...served(pictures, ['references']),
    ...served(masks, ['references', 'mask']),
  ]),
);

function served(inputs: Readonly<Record<string, Input>>, abilities: readonly Ability[]): [string, Endpoint][] {
  return Object.entries(inputs).map(([path, input]) => [path, { input, abilities }]);
}

export const FAL_PATHS: readonly string[] = [...ENDPOINTS.keys()];

/** What the adapter can do on a path; null when it does not know it. */
export function abilitiesOn(path: string): readonly Ability[] | null {
  return ENDPOINTS.get(path)?.abilities ?? null;
}

/**
 * The body of the paid call.
 * @throws ProviderFault `model_gone` for an endpoint that is not on the list: nothing is sent that is not understood.
 */
export async function toInput(request: ProviderRequest): Promise<Record<string, unknown>> {
  const { path } = request.route;
  const endpoint = ENDPOINTS.get(path);
  if (!endpoint) throw notSent('model_gone', `no fields known for ${path}`);
  const fields = Object.entries(await endpoint.input(request));
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null && value !== ''));
}
