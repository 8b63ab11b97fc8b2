import type { ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** Turns a request into the fields of one model. */
type Input = (request: ProviderRequest) => Readonly<Record<string, unknown>>;

/** The fields that each model knows, and no other (its schema on replicate.com). */
const INPUTS: ReadonlyMap<string, Input> = new Map([
  [
    'luma/photon',
    ({ settings: { prompt, size } }) => ({ prompt, ...(size.kind === 'ratio' && { aspect_ratio: size.ratio }) }),
  ],
]);

/** Whether the adapter knows a model. */
export function isServed(path: string): boolean {
  return INPUTS.has(path);
}

/**
 * The `input` of the paid call.
 * @throws ProviderFault `model_gone` for a model that is not on the list: nothing is sent that is not understood.
 */
export function toInput(request: ProviderRequest): Readonly<Record<string, unknown>> {
  const { path } = request.route;
  const input = INPUTS.get(path);
  if (!input) throw notSent('model_gone', `no fields known for ${path}`);
  return input(request);
}
