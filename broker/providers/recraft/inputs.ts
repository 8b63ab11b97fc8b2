import type { FormData } from 'undici';
import { sizedAs, withinBytes } from '../fit-picture.ts';
import { formOf } from '../form.ts';
import { binaryMask } from '../mask.ts';
import type { Ability, InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** A paid call: its endpoint below the base, and its body. */
export interface Input {
  readonly endpoint: string;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly form?: FormData;
}

/**
 * Models that make pictures or drawings from words, and what else they can do: only those of V3 work from a picture, or
 * know a negative prompt (recraft.ai/docs/api-reference/endpoints, "Compatibility").
 */
const MODELS: Readonly<Record<string, readonly Ability[]>> = {
  recraftv4_vector: [],
  recraftv4_1: [],
  recraftv4_1_flash: [],
  recraftv4_pro: [],
  recraftv3: ['references', 'mask'],
};

/** What can be done to one picture. Their paths are the API's own, with its version. */
const OPERATIONS: Readonly<Record<string, readonly Ability[]>> = {
  '/v1/images/crispUpscale': ['references'],
  '/v1/images/creativeUpscale': ['references'],
  '/v1/images/removeBackground': ['references', 'transparent'],
  '/v1/images/eraseRegion': ['references', 'mask'],
  '/v1/images/vectorize': ['references'],
};

/** What yields drawings, which have no size and no format to choose. */
const VECTOR = new Set(['recraftv4_vector', '/v1/images/vectorize']);

/** How far a picture made from another may be from it: 0 is the same, 1 has hardly anything of it. */
const STRENGTH = 0.5;

/** The most that a picture may have (recraft.ai/docs/api-reference/endpoints). In bytes. */
const MAX_PICTURE = 5_000_000;

/** Results lie in the answer, where no link can expire; pictures without loss. */
function deliveryOf(path: string) {
  return { response_format: 'b64_json', ...(!VECTOR.has(path) && { image_format: 'png' }) };
}

export function abilitiesOf(path: string): readonly Ability[] | null {
  const table = [MODELS, OPERATIONS].find((one) => Object.hasOwn(one, path));
  return table?.[path] ?? null;
}

/**
 * The paid call of a request, with the fields that its endpoint knows and no others.
 * @throws ProviderFault before anything is sent: `model_gone` for a path that is not known, `invalid_input` for what it
 *   does not take.
 */
export async function toInput(request: ProviderRequest): Promise<Input> {
  const { path } = request.route;
  if (Object.hasOwn(OPERATIONS, path)) return operation(request);
  if (!Object.hasOwn(MODELS, path)) throw notSent('model_gone', `no fields known for ${path}`);
  const { settings, size, references, mask } = request;
  if (!size && !VECTOR.has(path)) throw notSent('invalid_input', `no size for ${path}`);
  const fields = {
    model: path,
    prompt: settings.prompt,
    n: settings.count,
    random_seed: settings.seed,
    negative_prompt: (path === 'recraftv3' && settings.negativePrompt) || undefined,
    ...deliveryOf(path),
  };
  const [picture] = references;
  if (picture && !MODELS[path]?.includes('references')) throw notSent('invalid_input', `${path} takes no picture`);
  if (!picture) {
    if (mask) throw notSent('invalid_input', 'a mask without a picture');
    const json = { ...fields, size: size ? `${size.width}x${size.height}` : undefined };
    return { endpoint: '/images/generations', json: withoutGaps(json) };
  }
  if (!size) throw notSent('invalid_input', `no size for ${path}`);
  // These take no size: the result has that of the picture.
  const image = await withinBytes(await sizedAs(picture, size), MAX_PICTURE);
  return mask
    ? { endpoint: '/images/inpaint', form: formOf(fields, { image, mask: await binaryMask(mask, sizeOf(image)) }) }
    : { endpoint: '/images/imageToImage', form: formOf({ ...fields, strength: STRENGTH }, { image }) };
}

async function operation({ route, references, mask }: ProviderRequest): Promise<Input> {
  const [picture] = references;
  if (!picture) throw notSent('invalid_input', `no picture for ${route.path}`);
  const endpoint = route.path.slice('/v1'.length);
  const delivery = deliveryOf(route.path);
  const image = await withinBytes(picture, MAX_PICTURE);
  if (!OPERATIONS[route.path]?.includes('mask')) return { endpoint, form: formOf(delivery, { image }) };
  if (!mask) throw notSent('invalid_input', `no mask for ${route.path}`);
  return { endpoint, form: formOf(delivery, { image, mask: await binaryMask(mask, sizeOf(image)) }) };
}

function sizeOf({ width, height }: InputImage) {
  return { width, height };
}

function withoutGaps(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
