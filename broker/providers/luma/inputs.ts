import type { ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** The models that the adapter knows: Ray 2, which films. Its keyframes are public addresses, which a broker has not. */
const MODELS: ReadonlySet<string> = new Set(['ray-2']);

/** Whether the adapter knows a model. */
export function isServed(model: string): boolean {
  return MODELS.has(model);
}

/**
 * The body of the paid call: the fields that the model knows, and no other (npm lumaai 1.19.1).
 * @throws ProviderFault `model_gone` for a model that is not on the list: nothing is sent that is not understood.
 */
export function toInput({ route, settings, webhookUrl }: ProviderRequest): Readonly<Record<string, unknown>> {
  const { path: model } = route;
  if (!isServed(model)) throw notSent('model_gone', `no fields known for ${model}`);
  const { prompt, size, duration } = settings;
  return {
    model,
    prompt,
    ...(size.kind === 'ratio' && { aspect_ratio: size.ratio, resolution: size.tier }),
    ...(duration !== undefined && { duration: `${duration}s` }),
    ...(webhookUrl !== null && { callback_url: webhookUrl }),
  };
}
