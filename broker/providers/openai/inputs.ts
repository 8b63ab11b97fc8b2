import type { FormData } from 'undici';
import { formOf } from '../form.ts';
import { alphaMask } from '../mask.ts';
import type { ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** What a model of OpenAI's takes beyond what all of them take. */
interface Features {
  readonly qualities: readonly string[];
  readonly transparent: boolean;
}

const three = ['low', 'medium', 'high'];
const five = [...three, 'xhigh', 'max'];

/** The models and their features (openai-openapi 2026-08-21: image_gen params). */
const MODELS: Readonly<Record<string, Features>> = {
  'gpt-image-1.5': { qualities: three, transparent: true },
  'gpt-image-2': { qualities: three, transparent: false },
  'gpt-image-2.5-flare': { qualities: five, transparent: true },
  'gpt-image-2.5-sunburst': { qualities: five, transparent: true },
  'gpt-image-2.6-flare': { qualities: five, transparent: true },
  'gpt-image-2.6-sunburst': { qualities: five, transparent: true },
};

/** What a model can do; null for one that is not known here. */
export function featuresOf(path: string): Features | null {
  return (Object.hasOwn(MODELS, path) && MODELS[path]) || null;
}

/** A paid call: pictures made from words, or others edited. */
export type Input =
  | { readonly endpoint: 'generations'; readonly json: Readonly<Record<string, unknown>> }
  | { readonly endpoint: 'edits'; readonly form: FormData };

/**
 * The paid call of a request, with the fields that the model knows and no others. There is no `response_format`, which
 * these models refuse, and nothing about streaming, since partial pictures cost extra.
 * @throws ProviderFault before anything is sent: `model_gone` for a model that is not on the list, `invalid_input` for
 *   what it does not take.
 */
export async function toInput({ route, settings, size, references, mask }: ProviderRequest): Promise<Input> {
  const features = featuresOf(route.path);
  if (!features) throw notSent('model_gone', `no fields known for ${route.path}`);
  const { prompt, count, quality, transparent = false } = settings;
  if (!size) throw notSent('invalid_input', `no size for ${route.path}`);
  if (quality !== undefined && !features.qualities.includes(quality)) {
    throw notSent('invalid_input', `${route.path} has no quality ${quality}`);
  }
  if (transparent && !features.transparent) throw notSent('invalid_input', `${route.path} is never transparent`);
  if (mask && references.length === 0) throw notSent('invalid_input', 'a mask without a picture');
  const fields = {
    model: route.path,
    prompt,
    n: count,
    size: `${size.width}x${size.height}`,
    ...(quality !== undefined && { quality }),
    ...(transparent && { background: 'transparent' }),
    output_format: 'png',
  };
  if (references.length === 0) return { endpoint: 'generations', json: fields };
  const hole = mask && { bytes: await alphaMask(mask), contentType: 'image/png' as const };
  return { endpoint: 'edits', form: formOf(fields, { 'image[]': references, ...(hole && { mask: hole }) }) };
}
